import type { Page } from "@playwright/test";

import { expect, hydrated, test } from "../../fixtures/test.ts";
import { accounts, people } from "../../fixtures/people.ts";
import { expectCount, rowOf, rows } from "../../pages/list.ts";
import {
  askDeregistration,
  confirmDeregistration,
  deregister,
  fillDeregistration,
  openDeregister,
  receipt,
} from "../../pages/participant.ts";

const { single, father, deceased, firstOfThree, secondOfThree, thirdOfThree, starter, leaver } = people;
const endOfJob = "Einde dienstverband";

test.use({ changesData: true });
test.beforeEach(async ({ signIn }) => signIn(accounts.hr, "/deelnemers?contract=30001"));

async function expectEnd(page: Page, relationNumber: string, name: string, end: string): Promise<void> {
  await page.goto(`/deelnemers?contract=30001&relatienummer=${relationNumber}`);
  await expect(rowOf(page, name)).toContainText(end);
}

async function expectRefused(page: Page, why: RegExp): Promise<void> {
  await expect(page.getByRole("alert").filter({ hasText: why })).toBeVisible();
}

test("the last day is inclusive, and the first day without cover is shown", async ({ page }) => {
  await openDeregister(page, single.relation_number, "A. Eenling");
  await fillDeregistration(page, "31-12-2026", "Einde dienstverband OBU");
  await askDeregistration(page);
  await expect(page.locator("form.check")).toContainText("1 januari 2027");
  await expect(page.locator("form.check")).toContainText("31-12-2026");
  await confirmDeregistration(page);
  await expect(receipt(page)).toContainText(/afgemeld/i);
  await expectEnd(page, single.relation_number, "A. Eenling", "31-12-2026");
});

test("who ended yesterday stands under Oud-deelnemers, with the reason", async ({ page }) => {
  await openDeregister(page, single.relation_number, "A. Eenling");
  await deregister(page, "31-10-2026", "Einde dienstverband WIA");
  await page.goto(`/oud-deelnemers?contract=30001&relatienummer=${single.relation_number}`);
  await expect(rowOf(page, "A. Eenling")).toContainText("Einde dienstverband WIA");
  await page.goto(`/deelnemers?contract=30001&relatienummer=${single.relation_number}`);
  await expectCount(page, 0);
});

test("the household ends with the main insured, and is named beforehand", async ({ page }) => {
  await openDeregister(page, father.relation_number, "H. de Boer");
  await fillDeregistration(page, "30-11-2026", endOfJob);
  await askDeregistration(page);
  const check = page.locator("form.check");
  await expect(check).toContainText("H. de Boer");
  await expect(check).toContainText("L. Boer-Pieters");
  await expect(check).toContainText("N. de Boer");
  await expectEndsNobodyYet(page);
  await confirmDeregistration(page);
  await expect(receipt(page)).toContainText(/afgemeld/i);
  for (const [relationNumber, name] of [
    [father.relation_number, "H. de Boer"],
    [people.fathersPartner.relation_number, "L. Boer-Pieters"],
    [people.fathersChild.relation_number, "N. de Boer"],
  ] as const) {
    await expectEnd(page, relationNumber, name, "30-11-2026");
  }
});

/** Looks at the list in another tab: what is only shown was not done. */
async function expectEndsNobodyYet(page: Page): Promise<void> {
  const list = await page.context().newPage();
  await list.goto("/deelnemers?contract=30001&achternaam=boer");
  await expect(rows(list)).toHaveCount(3);
  await expect(rows(list).filter({ hasText: "30-11-2026" })).toHaveCount(0);
  await list.close();
}

test("after a death each dependant is asked about", async ({ page }) => {
  await openDeregister(page, deceased.relation_number, "C. Vermeulen");
  await fillDeregistration(page, "20-10-2026", "Overleden");
  await askDeregistration(page);
  // Only the daughter ends along; the widow goes on.
  const answers = (name: string) => page.getByRole("group", { name }).getByRole("radio");
  await expect(answers("B. Vermeulen-Kok").first()).not.toBeChecked();
  await answers("B. Vermeulen-Kok").first().check();
  await answers("D. Vermeulen").last().check();
  await confirmDeregistration(page);
  await expect(receipt(page)).toContainText(/afgemeld/i);
  await page.goto("/oud-deelnemers?contract=30001&achternaam=vermeulen");
  await expect(rowOf(page, "C. Vermeulen")).toContainText("Overleden");
  await expect(rowOf(page, "D. Vermeulen")).toContainText("Einde collectiviteit");
  await expectCount(page, 2);
  await page.goto("/deelnemers?contract=30001&achternaam=vermeulen");
  await expect(rowOf(page, "B. Vermeulen-Kok")).toBeVisible();
  await expectCount(page, 1);
});

test.describe("refused, with the reason and everything that was typed:", () => {
  test.beforeEach(({ guard }) => guard.allow(/\b4\d\d\b/));

  test("an end before the start", async ({ page }) => {
    await openDeregister(page, starter.relation_number, "T. Toekomst");
    await fillDeregistration(page, "31-12-2026", endOfJob);
    await askDeregistration(page);
    await expectRefused(page, /01-01-2027/);
    await expect(page.getByLabel("Einddatum (t/m)")).toHaveValue("31-12-2026");
    await expect(page.getByLabel("Reden")).toHaveValue("einde_dienstverband");
  });

  test("an end after the one that stands", async ({ page }) => {
    await openDeregister(page, leaver.relation_number, "V. Vertrek");
    await fillDeregistration(page, "31-12-2026", endOfJob);
    await askDeregistration(page);
    await expectRefused(page, /30-11-2026/);
  });

  test("a death in the future", async ({ page }) => {
    await openDeregister(page, single.relation_number, "A. Eenling");
    await fillDeregistration(page, "30-11-2026", "Overleden");
    await askDeregistration(page);
    await expectRefused(page, /in de toekomst/);
  });

  test("no date and no reason", async ({ page }) => {
    await openDeregister(page, single.relation_number, "A. Eenling");
    await page.getByLabel("Einddatum (t/m)").fill("");
    await askDeregistration(page);
    await expect(page.getByRole("alert").getByRole("link")).toHaveCount(2);
    await expect(page.getByLabel("Einddatum (t/m)")).toHaveAttribute("aria-invalid", "true");
    await expect(page).toHaveTitle(/^Fout:/);
  });

  test("a day that does not exist", async ({ page }) => {
    await openDeregister(page, single.relation_number, "A. Eenling");
    await fillDeregistration(page, "31-11-2026", endOfJob);
    await askDeregistration(page);
    await expect(page.getByLabel("Einddatum (t/m)")).toHaveAttribute("aria-invalid", "true");
    await expect(page.getByLabel("Einddatum (t/m)")).toHaveValue("31-11-2026");
    await expect(page.getByLabel("Reden")).toHaveValue("einde_dienstverband");
  });

  test("too far back, but the insurer can be asked", async ({ page }) => {
    await openDeregister(page, single.relation_number, "A. Eenling");
    await fillDeregistration(page, "31-05-2017", endOfJob);
    await askDeregistration(page);
    await expectRefused(page, /20\d\d/);
    await page.getByRole("button", { name: /verzekeraar/i }).click();
    await expect(receipt(page)).toContainText(/gevraagd|verzoek/i);
    await expectEnd(page, single.relation_number, "A. Eenling", "-");
  });
});

test("several participants end with one date and one reason", async ({ page }) => {
  await page.goto("/deelnemers?contract=30001&achternaam=drieluik");
  await hydrated(page);
  for (const { initials } of [firstOfThree, secondOfThree, thirdOfThree]) {
    await rowOf(page, `${initials} Drieluik`).getByRole("checkbox").check();
  }
  await page.getByRole("main").getByRole("button", { name: /^Afmelden/ }).click();
  await expect(page.getByRole("main")).toContainText("B. Drieluik");
  await expect(page.getByLabel("Einddatum (t/m)")).toBeVisible();
  await hydrated(page);
  await deregister(page, "31-12-2026", endOfJob);
  await page.goto("/deelnemers?contract=30001&achternaam=drieluik");
  await expect(rows(page)).toHaveCount(3);
  await expect(rows(page).filter({ hasText: "31-12-2026" })).toHaveCount(3);
});

test("a deregistration is taken back, household and all", async ({ page }) => {
  const id = await openDeregister(page, father.relation_number, "H. de Boer");
  await deregister(page, "30-11-2026", endOfJob);
  await page.goto(`/deelnemers/${id}`);
  await hydrated(page);
  await page.getByRole("main").getByRole("link", { name: "Afmelding intrekken" }).click();
  await page.getByRole("main").getByRole("button", { name: /^Intrekken/ }).click();
  await expect(receipt(page)).toContainText(/ingetrokken/i);
  await page.goto("/deelnemers?contract=30001&achternaam=boer");
  await expect(rows(page)).toHaveCount(3);
  await expect(rows(page).filter({ hasText: "30-11-2026" })).toHaveCount(0);
});

// asvs = "2.3.4"
test("a form that is sent twice is done once", async ({ page, context }) => {
  const id = await openDeregister(page, single.relation_number, "A. Eenling");
  await fillDeregistration(page, "31-12-2026", endOfJob);
  await askDeregistration(page);
  const key = page.locator("form.check input[name=sleutel]");
  const second = await context.newPage();
  await second.goto(page.url());
  await hydrated(second);
  // The very same form: the key is what tells it from another one.
  await second.locator("form.check input[name=sleutel]").evaluate((field, value) => {
    (field as HTMLInputElement).value = value;
  }, await key.inputValue());
  for (const tab of [page, second]) {
    await confirmDeregistration(tab);
    await expect(receipt(tab)).toContainText(/afgemeld/i);
  }
  await second.close();
  await page.goto(`/deelnemers/${id}`);
  await expect(page.getByRole("main").getByRole("row").filter({ hasText: "Afmelding" })).toHaveCount(1);
});

test("of two colleagues the second is told who was first, and nothing is overwritten", async ({ page, colleague, guard }) => {
  guard.allow(/\b409\b/);
  const id = await openDeregister(page, single.relation_number, "A. Eenling");
  await fillDeregistration(page, "15-11-2026", endOfJob);
  await askDeregistration(page);
  await expect(page.locator("form.check")).toBeVisible();

  const other = await colleague(accounts.colleague, `/deelnemers/${id}/afmelden`);
  await deregister(other, "30-11-2026", endOfJob);

  await confirmDeregistration(page);
  const told = page.getByRole("alert").first();
  await expect(told).toContainText(accounts.colleague.name);
  await expect(told).toContainText(/november 2026/);
  await expectEnd(page, single.relation_number, "A. Eenling", "30-11-2026");
});
