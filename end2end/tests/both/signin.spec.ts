import { expect, test, typePassword } from "../../fixtures/test.ts";
import { accounts, demoAccount } from "../../fixtures/people.ts";

const { hr } = accounts;

test.use({ changesData: true });

test("signing in leads to the dashboard, with the name in the header", async ({ page, open }) => {
  await open("/inloggen");
  await expect(page).toHaveTitle(/Inloggen/);
  await typePassword(page, hr.email, hr.password);
  await expect(page.getByRole("banner").getByText(hr.name)).toBeVisible();
  await expect(page).toHaveURL("/");
});

test("the page that was asked for opens after signing in", async ({ page, open }) => {
  await open("/deelnemers?achternaam=boer");
  await expect(page).toHaveURL(/\/inloggen\?naar=/);
  await typePassword(page, hr.email, hr.password);
  await expect(page).toHaveURL("/deelnemers?achternaam=boer");
  await expect(page.getByRole("heading", { level: 1, name: "Huidige deelnemers" })).toBeVisible();
});

for (const elsewhere of ["https://elders.example/", "//elders.example/", "/\\elders.example", "javascript:alert(1)"]) {
  // asvs = "3.7.2"
  test(`signing in never leads to ${elsewhere}`, async ({ page, open, portal }) => {
    await open(`/inloggen?naar=${encodeURIComponent(elsewhere)}`);
    await typePassword(page, hr.email, hr.password);
    await expect(page.getByRole("banner").getByText(hr.name)).toBeVisible();
    expect(new URL(page.url()).origin).toBe(portal.url);
  });
}

test("a wrong password is told without saying which of the two is wrong, and the address stays", async ({
  page,
  open,
  guard,
}) => {
  guard.allow(/\b4\d\d\b/);
  await open("/inloggen");
  await typePassword(page, hr.email, "niet-het-wachtwoord");
  await expect(page.getByRole("alert")).toBeVisible();
  const known = await page.getByRole("alert").innerText();
  await expect(page.getByLabel("E-mailadres")).toHaveValue(hr.email);
  await expect(page.getByLabel("Wachtwoord", { exact: true })).toHaveValue("");
  await expect(page).toHaveTitle(/^Fout:/);
  await typePassword(page, "niemand@nergens.example", "niet-het-wachtwoord");
  await expect(page.getByLabel("E-mailadres")).toHaveValue("niemand@nergens.example");
  await expect(page.getByRole("alert")).toHaveText(known, { useInnerText: true });
  for (const address of guard.addresses) expect(address).not.toContain("wachtwoord=");
});

test("what was left empty is named at the top with a link to the field", async ({ page, open, guard }) => {
  guard.allow(/\b4\d\d\b/);
  await open("/inloggen");
  await page.getByRole("button", { name: "Inloggen" }).click();
  const summary = page.getByRole("alert");
  await expect(summary.getByRole("link")).toHaveCount(2);
  await summary.getByRole("link").first().click();
  await expect(page.getByLabel("E-mailadres")).toBeFocused();
  await expect(page.getByLabel("E-mailadres")).toHaveAttribute("aria-invalid", "true");
});

// asvs = "6.3.1"
test("five wrong passwords block the account, until the operator unblocks it", async ({ page, open, guard, portal }) => {
  guard.allow(/\b4\d\d\b/);
  await open("/inloggen");
  for (let times = 1; times <= 5; times += 1) {
    await typePassword(page, hr.email, `mis-${times}`);
    await expect(page.getByRole("alert")).toBeVisible();
  }
  await typePassword(page, hr.email, hr.password);
  await expect(page.getByText(/geblokkeerd/i).first()).toBeVisible();
  await expect(page.getByRole("button", { name: "Uitloggen" })).toHaveCount(0);

  const { status, output } = await portal.command(["account", "unblock", "--email", hr.email]);
  expect(status, output).toBe(0);
  await open("/inloggen");
  await typePassword(page, hr.email, hr.password);
  await expect(page.getByRole("banner").getByText(hr.name)).toBeVisible();
});

// asvs = "14.3.1, 14.3.2"
test("signing out clears the device, and Back shows nothing of what was seen", async ({ page, open, signIn }) => {
  await signIn(hr, "/deelnemers?contract=30001&achternaam=boer");
  await expect(page.getByRole("link", { name: "H. de Boer", exact: true })).toBeVisible();
  const answer = page.waitForResponse((response) => response.url().endsWith("/uitloggen"));
  await page.getByRole("button", { name: "Uitloggen" }).click();
  expect(await (await answer).headerValue("clear-site-data")).toBe('"cache", "cookies", "storage"');
  await expect(page.getByRole("button", { name: "Inloggen" })).toBeVisible();
  expect((await page.context().cookies()).filter((cookie) => cookie.name.includes("sessie"))).toEqual([]);
  await page.goBack();
  await expect(page.getByRole("button", { name: "Inloggen" })).toBeVisible();
  await expect(page.getByText("de Boer")).toHaveCount(0);
  await open("/deelnemers");
  await expect(page).toHaveURL(/\/inloggen/);
});

// asvs = "6.2.6, 6.2.7"
test("a password is typed unseen, can be pasted, and is known to password managers", async ({ page, open }) => {
  await open("/inloggen");
  const password = page.getByLabel("Wachtwoord", { exact: true });
  await expect(password).toHaveAttribute("type", "password");
  await expect(password).toHaveAttribute("autocomplete", "current-password");
  await expect(page.getByLabel("E-mailadres")).toHaveAttribute("autocomplete", "username");
  await page.getByLabel("E-mailadres").fill("een wachtwoord uit een kluis");
  await page.getByLabel("E-mailadres").selectText();
  await page.keyboard.press("Control+C");
  await password.focus();
  await page.keyboard.press("Control+V");
  await expect(password).toHaveValue("een wachtwoord uit een kluis");
});

// asvs = "3.3.1, 3.3.2, 3.3.3, 3.3.4"
test("the session's cookie is out of reach of scripts and of other sites", async ({ page, signIn }) => {
  await signIn(hr);
  const cookie = (await page.context().cookies()).find(({ name }) => name === "__Host-sessie");
  expect(cookie).toMatchObject({ httpOnly: true, secure: true, sameSite: "Lax", path: "/" });
});

test.describe("the demonstration", () => {
  test.use({ contents: "demo" });

  test("its sign-ins work", async ({ page, open }) => {
    await open("/inloggen");
    await typePassword(page, demoAccount.email, demoAccount.password);
    await expect(page.getByRole("banner").getByText(demoAccount.name)).toBeVisible();
  });
});
