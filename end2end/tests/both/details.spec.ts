import { accounts } from "../../fixtures/people.ts";
import { expect, hydrated, test, typePassword } from "../../fixtures/test.ts";

const { hr, colleague, stranger } = accounts;
const fresh = "paard fiets wolken lepel";
const newAddress = "hanna@nieuw.example";

test.use({ changesData: true });

test("the name in the header leads to one's own details, which are changed there", async ({ page, signIn, guard }) => {
  guard.allow(/422/);
  await signIn(hr);
  await page.getByRole("banner").getByRole("link", { name: hr.name }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Mijn gegevens" })).toBeVisible();
  await expect(page.getByLabel("Naam", { exact: true })).toHaveValue(hr.name);
  await page.getByLabel("Naam", { exact: true }).fill("Hanna Proef-de Wit");
  await page.getByLabel("Telefoonnummer").fill("bel mij");
  await page.getByRole("button", { name: "Gegevens opslaan" }).click();
  await hydrated(page);
  await expect(page).toHaveTitle(/^Fout:/);
  await page.getByRole("alert").getByRole("link").click();
  await expect(page.getByLabel("Telefoonnummer")).toBeFocused();
  await expect(page.getByLabel("Telefoonnummer")).toHaveValue("bel mij");
  await expect(page.getByLabel("Naam", { exact: true })).toHaveValue("Hanna Proef-de Wit");
  await page.getByLabel("Telefoonnummer").fill("030 123 45 67");
  await page.getByRole("button", { name: "Gegevens opslaan" }).click();
  await expect(page.getByRole("status").getByText("Uw gegevens zijn opgeslagen")).toBeVisible();
  await expect(page.getByRole("banner").getByText("Hanna Proef-de Wit")).toBeVisible();
  await hydrated(page);

  await page.getByLabel("English", { exact: true }).check();
  await page.getByRole("button", { name: "Gegevens opslaan" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "My details" })).toBeVisible();
  await expect(page.getByLabel("Telephone number")).toHaveValue("030 123 45 67");
});

test("a new address is confirmed from that address, and one signs in with it right after", async ({ page, signIn, open, portal, guard }) => {
  guard.allow(/\b4\d\d\b/);
  await signIn(hr, "/mijn-gegevens");
  await page.getByLabel("Nieuw e-mailadres").fill(newAddress);
  const password = page.getByLabel("Uw huidige wachtwoord").first();
  await password.fill("niet mijn wachtwoord");
  await page.getByRole("button", { name: "E-mailadres wijzigen" }).click();
  await hydrated(page);
  await expect(page.getByRole("alert").getByText(/Dit wachtwoord klopt niet/)).toBeVisible();
  await expect(page.getByLabel("Nieuw e-mailadres")).toHaveValue(newAddress);
  await expect(password).toHaveValue("");
  await password.fill(hr.password);
  await page.getByRole("button", { name: "E-mailadres wijzigen" }).click();
  await hydrated(page);
  await expect(page.getByRole("status").getByText("Kijk in de e-mail van het nieuwe adres")).toBeVisible();
  await expect(page.getByText(`${newAddress} is nog niet bevestigd`)).toBeVisible();
  const link = await portal.mailedLink(newAddress);
  expect(await portal.mail(hr.email)).toContain("Op 01-11-2026 is gevraagd");

  await open(link);
  await expect(page.getByRole("heading", { level: 1, name: "E-mailadres bevestigen" })).toBeVisible();
  await expect(page.getByRole("main").getByText(newAddress)).toBeVisible();
  await page.getByRole("button", { name: "Bevestigen" }).click();
  await expect(page.getByRole("status").getByText("Uw e-mailadres is gewijzigd")).toBeVisible();
  expect(await portal.mail(hr.email)).toContain("is gewijzigd op 01-11-2026");
  await open(link);
  await expect(page.getByRole("heading", { level: 1, name: "Deze link werkt niet" })).toBeVisible();

  await page.getByRole("button", { name: "Uitloggen", exact: true }).click();
  await hydrated(page);
  await typePassword(page, newAddress, hr.password);
  await expect(page.getByRole("banner").getByText(hr.name)).toBeVisible();
});

test("whoever opens the link without being signed in signs in first, and comes back to it", async ({ page, signIn, portal, guard, colleague: other }) => {
  await signIn(hr, "/mijn-gegevens");
  await page.getByLabel("E-mailadres voor herinneringen").fill("personeelszaken@werkgever.example");
  await page.getByRole("button", { name: "Adres opslaan" }).click();
  await hydrated(page);
  await expect(page.getByText("personeelszaken@werkgever.example is nog niet bevestigd")).toBeVisible();
  const link = await portal.mailedLink("personeelszaken@werkgever.example");
  // On another device, by way of the sign-in page.
  const elsewhere = await other(hr, link);
  await expect(elsewhere.getByRole("heading", { level: 1, name: "Adres voor herinneringen bevestigen" })).toBeVisible();
  await elsewhere.getByRole("button", { name: "Bevestigen" }).click();
  await expect(elsewhere.getByRole("status").getByText("Het adres voor herinneringen is opgeslagen")).toBeVisible();
  await expect(elsewhere.getByLabel("E-mailadres voor herinneringen")).toHaveValue("personeelszaken@werkgever.example");
  // The link is nobody else's, and works once.
  guard.allow(/404/);
  const theirs = await other(stranger, link);
  await expect(theirs.getByRole("heading", { level: 1, name: "Deze link werkt niet" })).toBeVisible();
});

test("an address that has an account gets the same answer", async ({ page, signIn, portal }) => {
  await signIn(hr, "/mijn-gegevens");
  await page.getByLabel("Nieuw e-mailadres").fill(colleague.email);
  await page.getByLabel("Uw huidige wachtwoord").first().fill(hr.password);
  await page.getByRole("button", { name: "E-mailadres wijzigen" }).click();
  await hydrated(page);
  await expect(page.getByRole("status").getByText("Kijk in de e-mail van het nieuwe adres")).toBeVisible();
  expect(await portal.mail(colleague.email)).toContain("heeft al een account");
  await page.getByRole("button", { name: "Toch niet wijzigen" }).click();
  await expect(page.getByRole("status").getByText("Het nieuwe adres is vervallen")).toBeVisible();
  await expect(page.getByText(/nog niet bevestigd/)).toHaveCount(0);
});

test("a password is changed, and ends the session on another device", async ({ page, signIn, portal, guard, colleague: other }) => {
  guard.allow(/422/);
  const elsewhere = await other(hr, "/");
  await signIn(hr, "/mijn-gegevens");
  const present = page.getByLabel("Uw huidige wachtwoord").last();
  const chosen = page.getByLabel("Nieuw wachtwoord");
  await expect(present).toHaveAttribute("autocomplete", "current-password");
  await expect(chosen).toHaveAttribute("autocomplete", "new-password");
  await present.fill(hr.password);
  await chosen.fill("welkomwelkomwelkom");
  await page.getByRole("button", { name: "Wachtwoord wijzigen" }).click();
  await hydrated(page);
  await expect(page.getByRole("alert").getByText(/makkelijk te raden/)).toBeVisible();
  await expect(chosen).toHaveValue("");
  await present.fill(hr.password);
  await chosen.fill(fresh);
  await page.getByRole("button", { name: "Wachtwoord wijzigen" }).click();
  await hydrated(page);
  await expect(page.getByRole("status").getByText("Uw wachtwoord is gewijzigd")).toBeVisible();
  expect(await portal.mail(hr.email)).toContain("gewijzigd op 01-11-2026");
  await elsewhere.goto("/");
  await expect(elsewhere.getByRole("heading", { level: 1, name: "Inloggen" })).toBeVisible();

  await page.getByRole("button", { name: "Uitloggen", exact: true }).click();
  await hydrated(page);
  await typePassword(page, hr.email, fresh);
  await expect(page.getByRole("banner").getByText(hr.name)).toBeVisible();
});

test("five wrong passwords block the account, also of who is signed in", async ({ page, signIn, guard }) => {
  guard.allow(/\b4\d\d\b/);
  await signIn(hr, "/mijn-gegevens");
  for (let times = 1; times <= 5; times += 1) {
    await page.getByLabel("Uw huidige wachtwoord").last().fill(`mis-${times}`);
    await page.getByLabel("Nieuw wachtwoord").fill(fresh);
    await page.getByRole("button", { name: "Wachtwoord wijzigen" }).click();
    await hydrated(page);
  }
  await expect(page.getByRole("heading", { level: 1, name: "Inloggen" })).toBeVisible();
  await expect(page.getByRole("alert").getByText(/geblokkeerd na vijf verkeerde wachtwoorden/)).toBeVisible();
});

// asvs = "7.5.2"
test("sessions on other devices are seen, and end one by one or all at once", async ({ page, signIn, colleague: other }) => {
  const first = await other(hr, "/");
  const second = await other(hr, "/");
  await signIn(hr, "/mijn-gegevens");
  const rows = page.getByRole("main").getByRole("row").filter({ hasText: "Chrome op" });
  await expect(rows).toHaveCount(3);
  await expect(rows.filter({ hasText: "Dit apparaat" })).toHaveCount(1);
  await expect(rows.first()).toContainText("01-11-2026");
  await page.getByRole("button", { name: /^Chrome op .* uitloggen/ }).first().click();
  await hydrated(page);
  await expect(page.getByRole("status").getByText("Het apparaat is uitgelogd")).toBeVisible();
  await expect(rows).toHaveCount(2);
  await page.getByRole("button", { name: "Overal uitloggen" }).click();
  await hydrated(page);
  await expect(page.getByRole("status").getByText("U bent overal uitgelogd, behalve hier")).toBeVisible();
  await expect(page.getByText("U bent alleen hier ingelogd")).toBeVisible();
  for (const gone of [first, second]) {
    await gone.goto("/");
    await expect(gone.getByRole("heading", { level: 1, name: "Inloggen" })).toBeVisible();
  }
});
