import type { Page } from "@playwright/test";

import { accounts, type Account } from "../../fixtures/people.ts";
import { expect, hydrated, scriptsRun, setUpSecondStep, test, typePassword } from "../../fixtures/test.ts";

const { hr, colleague } = accounts;
const own = "/mijn-gegevens/tweede-stap";

test.use({ changesData: true });

/** Brings the password; the page that asks the code follows. */
async function bringPassword(page: Page, account: Account): Promise<void> {
  await page.goto("/inloggen");
  await hydrated(page);
  await typePassword(page, account.email, account.password);
  await expect(page.getByRole("heading", { level: 1, name: "Tweede stap" })).toBeVisible();
}

test("an app is set up, and from then on signing in asks its code", async ({ page, signIn, guard, portal }) => {
  guard.allow(/422/);
  await signIn(hr, own);
  await expect(page.getByText("Uit", { exact: true })).toBeVisible();
  const { phone, codes } = await setUpSecondStep(page, hr);
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Codes downloaden" }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe("herstelcodes.txt");
  const text = (await (await file.createReadStream()).toArray()).join("");
  for (const code of codes) expect(text).toContain(code);
  await page.getByRole("link", { name: "Ik heb de codes bewaard" }).click();
  await hydrated(page);
  await expect(page.getByText("U hebt nog 10 herstelcodes.")).toBeVisible();
  await page.getByRole("button", { name: "Uitloggen" }).click();

  await bringPassword(page, hr);
  await expect(page.getByRole("button", { name: "Uitloggen" })).toHaveCount(0);
  const code = page.getByLabel("Code", { exact: true });
  await expect(code).toHaveAttribute("autocomplete", "one-time-code");
  await code.fill("000000");
  await page.getByRole("button", { name: "Inloggen", exact: true }).click();
  await hydrated(page);
  await expect(page.getByRole("alert").getByText(/Deze code klopt niet/)).toBeVisible();
  await expect(code).toHaveValue("");
  await code.fill(phone.next());
  await page.getByRole("button", { name: "Inloggen", exact: true }).click();
  await expect(page.getByRole("banner").getByText(hr.name)).toBeVisible();
  await expect(page).toHaveURL("/");

  // Whoever lost everything is helped by the operator, and begins anew with the password.
  const reset = await portal.command(["account", "reset-second-factor", "--email", hr.email]);
  expect(reset).toMatchObject({ status: 0, output: expect.stringContaining("has no second step any more") });
  await page.goto("/");
  await hydrated(page);
  await typePassword(page, hr.email, hr.password);
  await expect(page.getByRole("banner").getByText(hr.name)).toBeVisible();
});

// asvs = "6.5.1"
test("a recovery code takes the place of the app, once", async ({ page, signIn, portal, guard }) => {
  guard.allow(/422/);
  await signIn(hr, own);
  const { codes } = await setUpSecondStep(page, hr);
  expect(await portal.mail(hr.email)).toContain("vraagt uw account");
  await page.getByRole("button", { name: "Uitloggen" }).click();
  const byRecovery = async (): Promise<void> => {
    await bringPassword(page, hr);
    await page.getByText("Ik heb mijn app niet bij me").click();
    await page.getByLabel("Herstelcode", { exact: true }).fill(codes[0] ?? "");
    await page.getByRole("button", { name: "Inloggen met herstelcode" }).click();
  };
  await byRecovery();
  await expect(page.getByRole("banner").getByText(hr.name)).toBeVisible();
  expect(await portal.mail(hr.email)).toContain("nog 9 over");
  await hydrated(page);
  await page.getByRole("button", { name: "Uitloggen" }).click();
  await byRecovery();
  await hydrated(page);
  await expect(page.getByRole("alert").getByText(/Deze code klopt niet/)).toBeVisible();
});

test("the second step is turned off with the password and a code", async ({ page, signIn, guard }) => {
  guard.allow(/422/);
  await signIn(hr, own);
  const { phone } = await setUpSecondStep(page, hr);
  await page.goto(own);
  await hydrated(page);
  await page.getByText("Tweede stap uitzetten").click();
  const form = page.locator("details", { hasText: "Tweede stap uitzetten" });
  await form.getByLabel("Uw wachtwoord").fill("verkeerd");
  await form.getByLabel("Code", { exact: true }).fill(phone.next());
  await form.getByRole("button", { name: "Ja, zet uit" }).click();
  await hydrated(page);
  await expect(page.getByRole("alert").getByRole("link", { name: /Dit wachtwoord klopt niet/ })).toHaveAttribute("href", "#uitzetten-wachtwoord");
  await form.getByLabel("Uw wachtwoord").fill(hr.password);
  await form.getByLabel("Code", { exact: true }).fill(phone.next());
  await form.getByRole("button", { name: "Ja, zet uit" }).click();
  await hydrated(page);
  await expect(page.getByRole("status").getByText("De tweede stap staat uit")).toBeVisible();
});

test("an employer that asks a second step leads everybody there before anything else", async ({ page, signIn, colleague: other, portal }) => {
  const { status } = await portal.command(["account", "main", "--email", hr.email, "--contract", "30001"]);
  expect(status).toBe(0);
  const theirs = await other(colleague, "/deelnemers");
  await signIn(hr, "/accountbeheer");
  await page.getByRole("link", { name: "Tweede stap verplichten" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Tweede stap verplichten" })).toBeVisible();
  await page.getByRole("button", { name: /^Verplichten voor/ }).first().click();
  await hydrated(page);
  // It holds for who says so as well.
  await expect(page.getByRole("heading", { level: 1, name: "Tweede stap bij het inloggen" })).toBeVisible();

  await theirs.goto("/deelnemers");
  await hydrated(theirs);
  await expect(theirs).toHaveURL(own);
  await expect(theirs.getByText("Uw werkgever vraagt een tweede stap bij het inloggen.")).toBeVisible();
  await expect(theirs.getByRole("link", { name: "Huidige deelnemers" })).toHaveCount(0);
  await setUpSecondStep(theirs, colleague);
  await theirs.getByRole("link", { name: "Ik heb de codes bewaard" }).click();
  await hydrated(theirs);
  await expect(theirs.getByText("U kunt die dus niet uitzetten")).toBeVisible();
  await theirs.goto("/deelnemers");
  await expect(theirs.getByRole("heading", { level: 1, name: "Huidige deelnemers" })).toBeVisible();
});

test("where no script runs the page says that it cannot make a passkey", async ({ page, signIn }) => {
  await signIn(hr, own);
  await page.getByText("Passkey toevoegen", { exact: true }).click();
  const words = page.getByText("Zonder JavaScript kan uw browser geen passkey maken.");
  await expect(words).toBeVisible({ visible: !scriptsRun() });
  await page.getByLabel("Naam van de passkey").fill("Telefoon");
  await page.getByLabel("Uw wachtwoord").fill(hr.password);
  await page.getByRole("button", { name: "Verder", exact: true }).click();
  await hydrated(page);
  await expect(page.getByRole("heading", { name: "Passkey maken" })).toBeVisible();
  await expect(words).toBeVisible({ visible: !scriptsRun() });
  await expect(page.getByRole("button", { name: "Maak de passkey" })).toBeVisible({ visible: scriptsRun() });
});
