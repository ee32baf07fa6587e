import type { Page } from "@playwright/test";

import { type Account, demoAccount, demoStaff, inventedBsn } from "../../fixtures/people.ts";
import { expect, hydrated, test } from "../../fixtures/test.ts";
import { expectCount, rowOf, rows } from "../../pages/list.ts";
import { receipt } from "../../pages/participant.ts";

// Enrolling inside the portal, and adding a dependant; both hold at once.
test.use({ contents: "demo", changesData: true });

const list = "/deelnemers?contract=23595";

/** The demonstration's account with two contracts. */
const twoContracts: Account = {
  ...demoAccount,
  email: "salaris@collectief.example",
  name: "Sjoerd Adema",
  password: "Twee-contracten-2026",
  contracts: ["23595", "24177"],
};

async function press(page: Page, button: string): Promise<void> {
  await page.getByRole("main").getByRole("button", { name: button, exact: true }).click();
  await hydrated(page);
}

async function fill(page: Page, fields: Record<string, string>): Promise<void> {
  const main = page.getByRole("main");
  for (const [label, value] of Object.entries(fields)) await main.getByLabel(label, { exact: true }).fill(value);
}

/** What cannot be left out, of somebody with this BSN. */
async function fillPerson(page: Page, surname: string, bsn: string): Promise<void> {
  await fill(page, { Voorletters: "Q.", Achternaam: surname, Geboortedatum: "29-02-1988", BSN: bsn });
  await page.getByRole("radio", { name: "Vrouw", exact: true }).check();
}

/** The least with which somebody can be enrolled. */
async function fillEnrolment(page: Page, surname: string, bsn: string): Promise<void> {
  await fillPerson(page, surname, bsn);
  await page.getByRole("radio", { name: "Basisverzekering", exact: true }).check();
  await fill(page, { Ingangsdatum: "1-12-2026" });
}

async function expectWrong(page: Page, label: string, why: RegExp): Promise<void> {
  await expect(page.getByRole("alert").getByRole("link", { name: why })).toBeVisible();
  await expect(page.getByRole("main").getByLabel(label, { exact: true })).toHaveAttribute("aria-invalid", "true");
  await expect(page).toHaveTitle(/^Fout:/);
}

test("somebody is enrolled with all details, and participates at once", async ({ page, signIn, guard }) => {
  guard.allow(/\b422\b/);
  const bsn = inventedBsn(9001);
  await signIn(demoAccount, list);
  await page.getByRole("navigation").first().getByRole("link", { name: "Aanmelden", exact: true }).click();
  await hydrated(page);
  const main = page.getByRole("main");
  await expect(page.getByRole("heading", { level: 1, name: "Aanmelden" })).toBeVisible();
  await expect(main.getByText("23595 · Zorggroep De Linde")).toBeVisible();
  await expect(main.getByText("Een aanmelding die u hier doet, wordt direct verwerkt.")).toBeVisible();
  await expect(main.getByText("Kies een dag van 02-07-2026 tot en met 03-05-2027.")).toBeVisible();
  await fillPerson(page, "Proefhuizen", "123456789");
  await fill(page, {
    Voorvoegsel: "van",
    Straat: "Dorpsstraat",
    Huisnummer: "12",
    Toevoeging: "A",
    Postcode: "1234ab",
    Plaats: "Ons Dorp",
    "E-mailadres": "proefhuizen@deelnemer.example",
    Telefoon: "06 12345678",
    Personeelsnummer: "0090001",
    Ingangsdatum: "1-1-2028",
  });
  await page.getByRole("radio", { name: "Basisverzekering Vrije Keuze" }).check();
  await page.getByRole("checkbox", { name: "Aanvullend Compact" }).check();
  await page.getByRole("checkbox", { name: "Tand 250" }).check();
  await press(page, "Aanmelden");
  await expectWrong(page, "BSN", /geen geldig BSN/);
  await expectWrong(page, "Ingangsdatum", /03-05-2027/);
  // Nothing that was typed or chosen is gone.
  await expect(main.getByLabel("Straat")).toHaveValue("Dorpsstraat");
  await expect(page.getByRole("radio", { name: "Vrouw", exact: true })).toBeChecked();
  await expect(page.getByRole("radio", { name: "Basisverzekering Vrije Keuze" })).toBeChecked();
  await expect(page.getByRole("checkbox", { name: "Aanvullend Compact" })).toBeChecked();
  await expect(page.getByRole("checkbox", { name: "Aanvullend Compleet" })).not.toBeChecked();

  await fill(page, { BSN: bsn, Ingangsdatum: "1-12-2026" });
  await press(page, "Aanmelden");
  await expect(receipt(page)).toContainText("Q. van Proefhuizen neemt deel vanaf 01-12-2026");
  await expect(main.getByRole("link", { name: "Gezinslid bijschrijven" })).toBeVisible();
  await expect(main.getByRole("link", { name: "Nog iemand aanmelden" })).toBeVisible();
  for (const address of [page.url(), ...guard.addresses]) expect(address).not.toContain(bsn);

  await page.goto(`${list}&achternaam=proefhuizen`);
  await hydrated(page);
  await expectCount(page, 1);
  await expect(rowOf(page, "Q. van Proefhuizen")).toContainText("01-12-2026");
  await page.getByRole("link", { name: "Q. van Proefhuizen", exact: true }).click();
  await hydrated(page);
  for (const text of [
    "Dorpsstraat 12 A",
    "1234 AB Ons Dorp",
    "proefhuizen@deelnemer.example",
    "06 12345678",
    "0090001",
    "Basisverzekering Vrije Keuze, Aanvullend Compact, Tand 250",
  ]) {
    await expect(main.getByText(text).first()).toBeVisible();
  }
  const mutation = main.getByRole("row").filter({ hasText: "Aanmelding" });
  await expect(mutation).toHaveCount(1);
  await expect(mutation).toContainText("verwerkt");
  await expect(mutation).toContainText(`${demoAccount.name} · portaal`);
});

test("a dependant is added from the list, and stands in the household", async ({ page, signIn, guard }) => {
  guard.allow(/\b422\b/);
  await signIn(demoAccount, `${list}&gezinsleden=nee`);
  // The column gives way on a list of this width, and is chosen back.
  const menu = page.locator(".menu.columns summary");
  await menu.click();
  await page.getByRole("checkbox", { name: "Bijschrijven verzekering" }).check();
  await menu.click();
  const row = rows(page).filter({ hasNotText: /\b(start|stopt)\b/ }).first();
  const name = await row.getByRole("rowheader").getByRole("link").innerText();
  await row.getByRole("link", { name: `Bijschrijven bij ${name}`, exact: true }).click();
  await hydrated(page);
  const main = page.getByRole("main");
  await expect(page.getByRole("heading", { level: 1, name: `Gezinslid bijschrijven bij ${name}` })).toBeVisible();
  await expect(main.getByText("23595 · Zorggroep De Linde")).toBeVisible();
  await fill(page, { Voorletters: "Z.", Achternaam: "Nakomer", Geboortedatum: "20-10-2026", Ingangsdatum: "1-10-2026" });
  await page.getByRole("radio", { name: "Man", exact: true }).check();
  await press(page, "Bijschrijven");
  await expectWrong(page, "BSN", /Vul dit veld in/);
  await page.getByRole("checkbox", { name: "Heeft nog geen BSN" }).check();
  await press(page, "Bijschrijven");
  // Nobody participates before being born.
  await expectWrong(page, "Ingangsdatum", /20-10-2026/);
  await fill(page, { Ingangsdatum: "20-10-2026" });
  await press(page, "Bijschrijven");
  await expect(receipt(page)).toContainText("Z. Nakomer neemt deel vanaf 20-10-2026");
  await main.getByRole("link", { name: `Naar het gezin van ${name}` }).click();
  await hydrated(page);
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  await main.getByRole("link", { name: "Z. Nakomer", exact: true }).click();
  await hydrated(page);
  await expect(page.getByRole("heading", { level: 1, name: "Z. Nakomer" })).toBeVisible();
  await expect(main.getByRole("row").filter({ hasText: "Gezinslid bijgeschreven" })).toHaveCount(1);
  // A dependant brings nobody along.
  await expect(main.getByRole("link", { name: "Gezinslid bijschrijven" })).toHaveCount(0);
});

test("who participates already is refused at the BSN", async ({ page, signIn, guard }) => {
  guard.allow(/\b422\b/);
  const bsn = inventedBsn(9002);
  await signIn(demoAccount, "/deelnemers/aanmelden");
  await fillEnrolment(page, "Dubbelman", bsn);
  await press(page, "Aanmelden");
  await expect(receipt(page)).toContainText("Q. Dubbelman is aangemeld");
  await page.getByRole("main").getByRole("link", { name: "Nog iemand aanmelden" }).click();
  await hydrated(page);
  await expect(page.getByLabel("Achternaam", { exact: true })).toHaveValue("");
  await fillEnrolment(page, "Dubbelman", bsn);
  await press(page, "Aanmelden");
  await expectWrong(page, "BSN", /./);
  await expect(page.getByLabel("Achternaam", { exact: true })).toHaveValue("Dubbelman");
  await page.goto(`${list}&achternaam=dubbelman`);
  await hydrated(page);
  await expectCount(page, 1);
});

test("a form that is sent twice enrols once", async ({ page, context, signIn }) => {
  const bsn = inventedBsn(9003);
  await signIn(demoAccount, "/deelnemers/aanmelden");
  const key = await page.locator("main input[name=sleutel]").inputValue();
  const second = await context.newPage();
  await second.goto("/deelnemers/aanmelden");
  await hydrated(second);
  // The very same form: the key is what tells it from another one.
  await second.locator("main input[name=sleutel]").evaluate((field, value) => {
    (field as HTMLInputElement).value = value;
  }, key);
  for (const tab of [page, second]) {
    await fillEnrolment(tab, "Tweemaal", bsn);
    await press(tab, "Aanmelden");
    await expect(receipt(tab)).toContainText("Q. Tweemaal neemt deel vanaf 01-12-2026");
  }
  await second.close();
  await page.goto(`${list}&achternaam=tweemaal`);
  await hydrated(page);
  await expectCount(page, 1);
});

test("with several contracts the contract is chosen first", async ({ page, signIn, guard }) => {
  guard.allow(/\b404\b/);
  await signIn(twoContracts, "/deelnemers/aanmelden");
  const main = page.getByRole("main");
  await press(page, "Verder");
  await expectWrong(page, "Contract", /Vul dit veld in/);
  await main.getByLabel("Contract", { exact: true }).selectOption("24177");
  await press(page, "Verder");
  await expect(main.getByText("24177 · Gemeente Oosterwaard")).toBeVisible();
  await expect(main.getByLabel("Voorletters")).toBeVisible();
  await main.getByRole("link", { name: "Ander contract kiezen" }).click();
  await expect(main.getByLabel("Contract", { exact: true })).toBeVisible();
  // Another employer's contract is told like one that does not exist.
  for (const number of ["24001", "99999"]) {
    expect((await page.goto(`/deelnemers/aanmelden?contract=${number}`))?.status()).toBe(404);
    await hydrated(page);
    await expectWrong(page, "Contract", /kennen wij niet/);
    await expect(main.getByLabel("Contract", { exact: true })).toHaveValue(number);
  }
});

test("who looks along enrols nobody", async ({ page, signIn, guard }) => {
  guard.allow(/\b403\b/);
  await signIn(demoStaff, "/beheer/werkgevers/1");
  await page.getByLabel("Waarom kijkt u mee?").fill("Vraag van de werkgever");
  await page.getByRole("button", { name: /^Meekijken als/ }).click();
  await hydrated(page);
  await expect(page.getByRole("region", { name: "Meekijken" })).toBeVisible();
  const menu = page.getByRole("navigation").first();
  await expect(menu.getByRole("link", { name: "Huidige deelnemers" })).toBeAttached();
  await expect(menu.getByRole("link", { name: "Aanmelden", exact: true })).toHaveCount(0);
  await page.goto(`${list}&gezinsleden=nee`);
  await hydrated(page);
  const person = await page.getByRole("rowheader").getByRole("link").first().getAttribute("href");
  await page.goto(person ?? "");
  await hydrated(page);
  await expect(page.getByRole("main").getByRole("link", { name: "Gezinslid bijschrijven" })).toHaveCount(0);
  for (const path of ["/deelnemers/aanmelden", `${person ?? ""}/bijschrijven`]) {
    expect((await page.goto(path))?.status(), path).toBe(403);
  }
});
