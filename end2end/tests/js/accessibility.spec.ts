import { accounts, demoAccount, people } from "../../fixtures/people.ts";
import { expect, expectAccessible, expectNoSidewaysScroll, hydrated, test } from "../../fixtures/test.ts";

const widths = [320, 1280];
const themes = ["light", "dark"] as const;
const languages = ["nl", "en"] as const;

test.use({ contents: "demo", changesData: true });
test.setTimeout(240_000);

/** Every page of the signed-in portal, each in the states that look different. */
const pages: [string, string][] = [
  ["dashboard", "/"],
  ["list", "/deelnemers?contract=23595"],
  ["list of all contracts", "/deelnemers?contract=alle"],
  ["list that found nobody", "/deelnemers?contract=23595&achternaam=xqxqxq"],
  ["list with a wrong filter", "/deelnemers?contract=23595&geboortedatum=31-02-2000"],
  ["former participants", "/oud-deelnemers?contract=23595"],
  ["flow", "/in-en-uitstroom?contract=23595&van=2026-01&tot=2026-10"],
  ["usage", "/contractgebruik?contract=23595"],
  ["users", "/accountbeheer"],
  ["a new user", "/accountbeheer/nieuw"],
  ["a user", "/accountbeheer/1"],
  ["own details", "/mijn-gegevens"],
  ["own details, saved", "/mijn-gegevens?gedaan=opgeslagen"],
  ["a link that confirms nothing", "/e-mailadres-bevestigen/onbekend"],
  ["not found", "/bestaat-niet"],
];

for (const language of languages) {
  for (const theme of themes) {
    test(`every page is accessible in ${language}, ${theme}, at ${widths.join(" and ")} px`, async ({ page, signIn, guard }) => {
      guard.allow(/\b4\d\d\b/);
      // The sign-in page has no account to ask for a theme, so it follows the device.
      await page.emulateMedia({ colorScheme: theme });
      await page.goto("/inloggen");
      await hydrated(page);
      const check = async (what: string): Promise<void> => {
        for (const width of widths) {
          await page.setViewportSize({ width, height: 800 });
          await expectNoSidewaysScroll(page, `${what} at ${width} px`);
          await expectAccessible(page, `${what} at ${width} px`);
        }
        await page.setViewportSize({ width: 1280, height: 800 });
      };
      await check("sign-in");
      await page.getByRole("button", { name: "Inloggen" }).click();
      await check("sign-in with errors");
      if (language === "en") await page.getByRole("button", { name: "English" }).click();
      for (const path of ["/wachtwoord-vergeten", "/wachtwoord-vergeten?verstuurd=ja", "/wachtwoord-herstellen/onbekend"]) {
        await page.goto(path);
        await hydrated(page);
        await check(path);
      }
      await page.goto("/wachtwoord-vergeten");
      await hydrated(page);
      await page.getByRole("main").getByRole("button").click();
      await check("forgotten password with errors");
      if (language === "en") await page.getByRole("button", { name: "Nederlands" }).click();

      await signIn(demoAccount);
      if (language === "en") await page.getByRole("button", { name: "English" }).click();
      await expect(page.locator("html")).toHaveAttribute("lang", language);
      for (const [what, path] of pages) {
        await page.goto(path);
        await hydrated(page);
        await check(what);
      }
      await page.goto("/mijn-gegevens");
      await hydrated(page);
      await page.getByRole("main").getByRole("button", { name: /^(E-mailadres wijzigen|Change e-mail address)$/ }).click();
      await hydrated(page);
      await check("own details with errors");
      await page.goto("/deelnemers?contract=23595&gezinsleden=nee");
      const href = await page.getByRole("main").getByRole("rowheader").getByRole("link").first().getAttribute("href");
      for (const path of [href ?? "", `${href ?? ""}/afmelden`]) {
        await page.goto(path);
        await hydrated(page);
        await check(path);
      }
    });
  }
}

test("the pages behind mailed links are accessible", async ({ page, open, portal, guard }) => {
  guard.allow(/\b4\d\d\b/);
  const asked = demoAccount.email;
  await open("/wachtwoord-vergeten");
  await page.getByLabel("E-mailadres").fill(asked);
  await page.getByRole("button", { name: "Stuur de e-mail" }).click();
  const reset = await portal.mailedLink(asked);
  const blocked = "salaris@collectief.example";
  await open("/inloggen");
  for (let times = 1; times <= 5; times += 1) {
    await page.getByLabel("E-mailadres").fill(blocked);
    await page.getByLabel("Wachtwoord", { exact: true }).fill(`mis-${times}`);
    await page.getByRole("button", { name: "Inloggen" }).click();
    await hydrated(page);
  }
  await expectAccessible(page, "sign-in on a blocked account");
  const unblock = await portal.mailedLink(blocked);
  for (const language of languages) {
    for (const theme of themes) {
      await page.emulateMedia({ colorScheme: theme });
      for (const path of [reset, unblock]) {
        await page.goto(path);
        await hydrated(page);
        if ((await page.locator("html").getAttribute("lang")) !== language) {
          await page.getByRole("button", { name: language === "en" ? "English" : "Nederlands" }).click();
          await hydrated(page);
        }
        for (const width of widths) {
          await page.setViewportSize({ width, height: 800 });
          const what = `${path.split("/")[1] ?? ""} in ${language}, ${theme}, at ${width} px`;
          await expectNoSidewaysScroll(page, what);
          await expectAccessible(page, what);
        }
      }
    }
  }
  await page.goto(reset);
  await hydrated(page);
  await page.getByRole("main").getByRole("button").last().click();
  await expect(page.getByRole("alert")).toBeVisible();
  await expectAccessible(page, "a password that is refused");
});

test("an address that waits to be confirmed, and the page that confirms it, are accessible", async ({ page, signIn, portal }) => {
  await signIn(demoAccount, "/mijn-gegevens");
  await page.getByLabel("E-mailadres voor herinneringen").fill("personeelszaken@zorggroep.example");
  await page.getByRole("button", { name: "Adres opslaan" }).click();
  await hydrated(page);
  const link = await portal.mailedLink("personeelszaken@zorggroep.example");
  for (const theme of themes) {
    await page.getByRole("button", { name: theme === "light" ? "Licht" : "Donker" }).click();
    for (const path of ["/mijn-gegevens", link]) {
      await page.goto(path);
      await hydrated(page);
      for (const width of widths) {
        await page.setViewportSize({ width, height: 800 });
        const what = `${path.split("/")[1] ?? ""} in ${theme} at ${width} px`;
        await expectNoSidewaysScroll(page, what);
        await expectAccessible(page, what);
      }
    }
  }
});

test.describe("deregistering", () => {
  test.use({ contents: "roster" });

  test("the opened row and its dialog are accessible", async ({ page, signIn }) => {
    await signIn(accounts.hr);
    for (const theme of themes) {
      await page.emulateMedia({ colorScheme: theme });
      for (const width of widths) {
        await page.setViewportSize({ width, height: 800 });
        await page.goto(`/deelnemers?contract=30001&relatienummer=${people.deceased.relation_number}`);
        await hydrated(page);
        await page.locator("a.turn").first().click();
        const opened = page.locator(".opened");
        await expect(opened.getByLabel("Reden")).toBeVisible();
        await expectAccessible(page, `the opened row at ${width} px, ${theme}`);
        await opened.getByLabel("Reden").selectOption({ label: "Overleden" });
        await opened.getByLabel("Einddatum (t/m)").fill("20-10-2026");
        await opened.getByRole("button", { name: "Afmelden" }).click();
        await expect(page.getByRole("dialog")).toBeVisible();
        await expectAccessible(page, `the dialog at ${width} px, ${theme}`);
        await expectNoSidewaysScroll(page, `the dialog at ${width} px`);
      }
    }
  });
});
