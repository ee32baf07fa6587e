import { accounts, people, staff } from "../../fixtures/people.ts";
import { expect, hydrated, test } from "../../fixtures/test.ts";

test.use({ changesData: true });

test("an employer is made with a contract and a main account, and is found again", async ({ page, signIn, guard }) => {
  guard.allow(/\b4\d\d\b/);
  await signIn(staff, "/beheer");
  await page.getByRole("link", { name: "Nieuwe werkgever" }).click();
  await page.getByLabel("Naam", { exact: true }).fill("Drukkerij De Zwaluw");
  await page.getByLabel("KvK-nummer").fill("90000044");
  await page.getByRole("button", { name: "Werkgever toevoegen" }).click();
  await hydrated(page);
  await expect(page.getByRole("status").getByText("Opgeslagen")).toBeVisible();
  await page.getByRole("link", { name: "Nieuw contract" }).click();
  await expect(page.getByLabel("Naam", { exact: true })).toHaveValue("Drukkerij De Zwaluw");
  await page.getByLabel("Contractnummer").fill("25310");
  await page.getByLabel("Ingangsdatum").fill("31-2-2026");
  await page.getByRole("button", { name: "Contract toevoegen" }).click();
  await hydrated(page);
  await expect(page.getByLabel("Contractnummer")).toHaveValue("25310");
  await page.getByLabel("Ingangsdatum").fill("1-1-2026");
  await page.getByRole("button", { name: "Contract toevoegen" }).click();
  await hydrated(page);
  await expect(page.getByRole("rowheader", { name: "25310" })).toBeVisible();
  await page.getByLabel("E-mailadres van het hoofdaccount").fill(accounts.hr.email);
  await page.getByRole("button", { name: "Hoofdaccount benoemen" }).click();
  await hydrated(page);
  await expect(page.getByRole("link", { name: accounts.hr.name })).toBeVisible();

  await page.goto("/beheer");
  await hydrated(page);
  await page.getByLabel("Naam, e-mailadres, contractnummer of KvK-nummer").fill("25310");
  await page.getByRole("button", { name: "Zoek", exact: true }).click();
  await expect(page.getByRole("rowheader", { name: "Drukkerij De Zwaluw" })).toBeVisible();
});

test("staff see what an employer sees, and change nothing", async ({ page, signIn, guard }) => {
  guard.allow(/\b4\d\d\b/);
  await signIn(staff, "/beheer?zoek=30001");
  await page.getByRole("main").getByRole("rowheader").getByRole("link").first().click();
  await page.getByLabel("Waarom kijkt u mee?").fill("Vraag van de werkgever");
  await page.getByRole("button", { name: /^Meekijken als/ }).click();
  await hydrated(page);
  const banner = page.getByRole("region", { name: "Meekijken" });
  await expect(banner.getByText(/^U kijkt mee als/)).toBeVisible();
  await page.goto(`/deelnemers?contract=30001&relatienummer=${people.deceased.relation_number}`);
  await hydrated(page);
  await expect(page.getByRole("heading", { level: 1, name: "Huidige deelnemers" })).toBeVisible();
  await expect(banner).toBeVisible();
  await page.getByRole("main").getByRole("rowheader").getByRole("link").first().click();
  await expect(page.getByRole("heading", { level: 2 }).first()).toBeVisible();
  await expect(page.getByRole("link", { name: "Afmelden" })).toHaveCount(0);
  await expect(page.getByRole("link", { name: "Accountbeheer" })).toHaveCount(0);
  await banner.getByRole("button", { name: "Stop met meekijken" }).click();
  await hydrated(page);
  await expect(page.getByRole("heading", { level: 2, name: "Meekijken" })).toBeVisible();
  await expect(page.getByRole("region", { name: "Meekijken" })).toHaveCount(0);
});

test("the access log tells who saw what, in words, and whether it is whole", async ({ page, signIn, portal, colleague }) => {
  const theirs = await colleague(accounts.hr, "/deelnemers?contract=30001");
  await expect(theirs.getByRole("heading", { level: 1, name: "Huidige deelnemers" })).toBeVisible();
  await signIn(staff, "/beheer/toegangslog");
  await page.getByLabel("E-mailadres van een account").fill(accounts.hr.email);
  await page.getByLabel("Gebeurtenis").selectOption({ label: "Lijst met deelnemers bekeken" });
  await page.getByRole("button", { name: "Toon" }).click();
  await hydrated(page);
  const row = page.getByRole("row").filter({ hasText: "30001" }).first();
  await expect(row.getByRole("link", { name: accounts.hr.name })).toBeVisible();
  await page.getByRole("button", { name: "Controleer het log" }).click();
  await hydrated(page);
  await expect(page.getByRole("status").getByText(/^Het log is heel/)).toBeVisible();
  const checked = await portal.command(["audit", "verify"]);
  expect(checked.status, checked.output).toBe(0);
  expect(checked.output).toContain("The access log is whole");
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Download CSV" }).click()]);
  expect(file.suggestedFilename()).toBe("toegangslog-2026-11-01.csv");
});
