import type { Locator, Page } from "@playwright/test";

import { expectUsable } from "../../fixtures/accessibility.ts";
import { accounts, people } from "../../fixtures/people.ts";
import { expect, hydrated, scriptsRun, test } from "../../fixtures/test.ts";
import { rows } from "../../pages/list.ts";
import { deregister, openDeregister } from "../../pages/participant.ts";

// "Berichten": what happened on a contract, read and unread, by category, with an archive.
test.use({ changesData: true });

const { single, father } = people;
const told = "A. Eenling is afgemeld per 31-12-2026 door Hanna Proef";

/** The message about somebody. */
function messageAbout(page: Page, name: string): Locator {
  return rows(page).filter({ hasText: name });
}

/** The entry of the menu, with the count beside it. */
function entry(page: Page): Locator {
  return page.getByRole("navigation").first().getByRole("link", { name: /^Berichten/ });
}

function filter(page: Page): Locator {
  return page.getByRole("search", { name: "Berichten kiezen" });
}

async function press(page: Page, button: string): Promise<void> {
  await page.getByRole("main").getByRole("button", { name: button, exact: true }).click();
  await hydrated(page);
}

async function open(page: Page, path = "/berichten"): Promise<void> {
  await page.goto(path);
  await hydrated(page);
}

async function deregisterSingle(page: Page): Promise<void> {
  await openDeregister(page, single.relation_number, "A. Eenling");
  await deregister(page, "31-12-2026", "Einde dienstverband");
}

test("who is deregistered is told of, counted until it is read, and leads to the participant", async ({ page, signIn }) => {
  await signIn(accounts.hr, "/berichten");
  await expect(page.getByText("Geen berichten", { exact: true })).toBeVisible();
  await deregisterSingle(page);

  await open(page, "/");
  const card = page.locator("section").filter({ has: page.getByRole("heading", { name: "Nieuwe berichten" }) });
  await expect(card).toContainText("1 ongelezen bericht");
  if (scriptsRun()) await expect(entry(page)).toContainText(/Berichten\s*1\s*ongelezen/);
  await card.getByRole("link").click();
  await hydrated(page);
  await expect(page).toHaveURL(/\/berichten\?toon=ongelezen$/);

  await open(page);
  await expect(page.getByRole("heading", { level: 1, name: "Berichten" })).toBeVisible();
  await expect(page.getByRole("main").getByText("1 ongelezen bericht")).toBeVisible();
  const message = messageAbout(page, "A. Eenling");
  await expect(message).toContainText(told);
  for (const text of ["01-11-2026", "Afmelding", "30001", "ongelezen"]) await expect(message).toContainText(text);

  await message.getByRole("checkbox").check();
  await press(page, "Markeer als gelezen");
  await expect(page.getByRole("main").getByText("Geen ongelezen berichten")).toBeVisible();
  await expect(message).not.toContainText("ongelezen");
  if (scriptsRun()) {
    await expect(page.getByRole("status").filter({ hasText: "1 bericht is gemarkeerd als gelezen." })).toBeVisible();
    await expect(page.getByRole("button", { name: "Markeer als gelezen" })).toBeFocused();
    await expect(entry(page)).toHaveText("Berichten");
    await expect(message.getByRole("checkbox")).not.toBeChecked();
  }

  await message.getByRole("checkbox").check();
  await press(page, "Markeer als ongelezen");
  await expect(message).toContainText("ongelezen");
  if (scriptsRun()) await expect(entry(page)).toContainText(/1\s*ongelezen/);

  await message.getByRole("link").click();
  await hydrated(page);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("A. Eenling");
});

test("messages go to the archive and come back, for this reader alone", async ({ page, signIn, colleague }) => {
  await signIn(accounts.hr);
  await deregisterSingle(page);
  await open(page);
  await messageAbout(page, "A. Eenling").getByRole("checkbox").check();
  await press(page, "Archiveren");
  await expect(page.getByText("Geen berichten", { exact: true })).toBeVisible();

  await open(page, "/berichten?toon=archief");
  const archived = messageAbout(page, "A. Eenling");
  await expect(archived).toContainText(told);
  // What was archived was read.
  await expect(archived).not.toContainText("ongelezen");
  await expect(page.getByRole("button", { name: "Archiveren" })).toHaveCount(0);
  const other = await colleague(accounts.colleague, "/berichten");
  await expect(messageAbout(other, "A. Eenling")).toContainText("ongelezen");

  await archived.getByRole("checkbox").check();
  await press(page, "Terugzetten");
  await expect(page.getByText("Het archief is leeg")).toBeVisible();
  await expect(page).toHaveURL(/toon=archief$/);
  await open(page);
  await expect(messageAbout(page, "A. Eenling")).toBeVisible();
});

test("the filter is in the address, and nothing is done where nothing was chosen", async ({ page, signIn, guard }) => {
  guard.allow(/\b422\b/);
  await signIn(accounts.hr);
  await deregisterSingle(page);
  await openDeregister(page, father.relation_number, "H. de Boer");
  await deregister(page, "30-11-2026", "Einde dienstverband");
  await open(page);
  await expect(rows(page)).toHaveCount(2);
  // The newest first; a household is one message.
  await expect(rows(page).first()).toContainText("H. de Boer en 2 anderen zijn afgemeld per 30-11-2026");

  await press(page, "Archiveren");
  await expect(page.getByText("Kies eerst een of meer berichten.")).toBeVisible();
  await expect(page).toHaveTitle(/^Fout:/);
  await expect(rows(page)).toHaveCount(2);

  await filter(page).getByLabel("Categorie").selectOption({ label: "Aanmelding" });
  await press(page, "Toon berichten");
  await expect(page).toHaveURL(/categorie=aanmelding/);
  await expect(page.getByText("Geen berichten in deze categorie")).toBeVisible();
  await filter(page).getByLabel("Categorie").selectOption({ label: "Afmelding" });
  await press(page, "Toon berichten");
  await expect(page).toHaveURL(/categorie=afmelding/);
  await expect(rows(page)).toHaveCount(2);

  await messageAbout(page, "A. Eenling").getByRole("checkbox").check();
  await press(page, "Markeer als gelezen");
  await expect(page).toHaveURL(/categorie=afmelding/);
  await filter(page).getByRole("radio", { name: "Ongelezen" }).check();
  await press(page, "Toon berichten");
  await expect(page).toHaveURL(/toon=ongelezen/);
  await expect(rows(page)).toHaveCount(1);
  await filter(page).getByLabel("Contract", { exact: true }).selectOption("30002");
  await press(page, "Toon berichten");
  await expect(page).toHaveURL(/contract=30002/);
  await expect(rows(page)).toHaveCount(0);

  if (scriptsRun()) {
    await open(page);
    await page.getByRole("checkbox", { name: "Alles", exact: true }).check();
    await press(page, "Archiveren");
    await expect(page.getByRole("status").filter({ hasText: "2 berichten staan nu in het archief." })).toBeFocused();
  }
});

test("messages are told in English as well", async ({ page, signIn }) => {
  await signIn(accounts.hr);
  await deregisterSingle(page);
  await open(page);
  await page.getByRole("button", { name: "English" }).click();
  await hydrated(page);
  await expect(page.getByRole("heading", { level: 1, name: "Messages" })).toBeVisible();
  await expect(rows(page).first()).toContainText("A. Eenling was deregistered as of 31-12-2026 by Hanna Proef");
  await expect(page.getByRole("button", { name: "Mark as read" })).toBeVisible();
  if (scriptsRun()) await expectUsable(page, "messages");
});

test("who may not see participants reads no messages about them", async ({ page, signIn, guard }) => {
  guard.allow(/403/);
  await signIn(accounts.finance);
  await expect(entry(page)).toHaveCount(0);
  expect((await page.goto("/berichten"))?.status()).toBe(403);
});
