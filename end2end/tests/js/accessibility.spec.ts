import type { Page } from "@playwright/test";

import { expectAccessible, expectNoSidewaysScroll, expectUsable, languages, looks, themes, widths } from "../../fixtures/accessibility.ts";
import { accounts, demoAccount, demoStaff, inventedBsn, people } from "../../fixtures/people.ts";
import type { Portal } from "../../fixtures/portal.ts";
import { expect, hydrated, test, typePassword } from "../../fixtures/test.ts";

test.use({ contents: "demo", changesData: true });
test.setTimeout(240_000);

/** Every page of the signed-in portal, each in the states that look different. */
const pages: [what: string, path: string, status?: number][] = [
  ["dashboard", "/"],
  ["list", "/deelnemers?contract=23595"],
  ["list of all contracts", "/deelnemers?contract=alle"],
  ["list that found nobody", "/deelnemers?contract=23595&achternaam=xqxqxq"],
  ["list with a wrong filter", "/deelnemers?contract=23595&geboortedatum=31-02-2000"],
  ["former participants", "/oud-deelnemers?contract=23595"],
  ["enrolling", "/deelnemers/aanmelden"],
  ["enrolling on a contract that is not known", "/deelnemers/aanmelden?contract=99999", 404],
  ["what waits", "/valideren"],
  ["what waits, of which nothing was found", "/valideren?naam=xqxqxq"],
  ["what was closed", "/valideren?toon=afgehandeld"],
  ["one that waits", "/valideren/1"],
  ["one that was asked about", "/valideren/13"],
  ["one that is stuck", "/valideren/16"],
  ["what is validated", "/validatie-overzicht"],
  ["flow", "/in-en-uitstroom?contract=23595&van=2026-01&tot=2026-10"],
  ["usage", "/contractgebruik?contract=23595"],
  ["messages", "/berichten"],
  ["archived messages, of which there are none", "/berichten?toon=archief"],
  ["users", "/accountbeheer"],
  ["a new user", "/accountbeheer/nieuw"],
  ["a user", "/accountbeheer/1"],
  ["second step", "/mijn-gegevens/tweede-stap"],
  ["which employers ask a second step", "/accountbeheer/tweede-stap"],
  ["own details", "/mijn-gegevens"],
  ["own details, saved", "/mijn-gegevens?gedaan=opgeslagen"],
  ["a link that confirms nothing", "/e-mailadres-bevestigen/onbekend", 404],
  ["not found", "/bestaat-niet", 404],
];

/** Every page of the back office; what they are about is in the demonstration. */
const officePages: [what: string, path: string][] = [
  ["back office", "/beheer"],
  ["back office that found something", "/beheer?zoek=linde"],
  ["back office that found nothing", "/beheer?zoek=xqxqxq"],
  ["requests", "/beheer/aanvragen"],
  ["decided requests", "/beheer/aanvragen?toon=afgehandeld"],
  ["a request that fits", "/beheer/aanvragen/1"],
  ["a request that does not fit", "/beheer/aanvragen/2"],
  ["a refused request", "/beheer/aanvragen/5"],
  ["an account", "/beheer/accounts/2"],
  ["an employer", "/beheer/werkgevers/1"],
  ["a new employer", "/beheer/werkgevers/nieuw"],
  ["a new contract", "/beheer/werkgevers/1/nieuw"],
  ["what is stuck", "/beheer/vastgelopen"],
  ["access log", "/beheer/toegangslog"],
  ["access log that found nothing", "/beheer/toegangslog?van=01-01-2001&tot=02-01-2001"],
  ["access log with a wrong filter", "/beheer/toegangslog?van=32-01-2026"],
];

/** The open pages; without answers in the browser most of them say so. */
const openPages: [what: string, path: string][] = [
  ["enrolling oneself", "/aanmelden"],
  ["enrolling oneself with a number", "/aanmelden/23595"],
  ["enrolling oneself with an unknown number", "/aanmelden/99999"],
  ["no answers", "/aanmelden/stappen"],
  ["a link to no request", "/aanvraag/onbekend"],
  ["asking for a link to change something", "/wijzigen"],
  ["a link that changes nothing", "/wijzigen/onbekend"],
];

/** Every question of the open pages, in the order in which they are asked, with an answer by the names of its fields. */
const answers: [question: string, typed: Record<string, string>, chosen: string[]][] = [
  ["naam", { voorletters: "T.", achternaam: "Toegankelijk" }, []],
  ["geboorte", { geboortedatum: "27-3-1985" }, ["geslacht"]],
  ["bsn", { bsn: inventedBsn(9201) }, []],
  ["adres", { postcode: "7411LD", huisnummer: "12", straat: "Lindelaan", plaats: "Lindeveld" }, []],
  ["bereikbaar", { email: "toegankelijk@werknemer.example" }, []],
  ["personeelsnummer", {}, []],
  ["gezin", {}, ["gezin"]],
  ["verzekering", {}, ["product"]],
  ["ingangsdatum", { ingangsdatum: "1-12-2026" }, []],
];

/** The open pages with answers in the browser: each question empty, with what is wrong, and all that comes after them. */
async function expectEnrollingUsable(page: Page, portal: Portal): Promise<void> {
  const main = page.getByRole("main");
  const open = async (path: string): Promise<void> => {
    await page.goto(path);
    await hydrated(page);
  };
  const press = async (button = main.locator("button.act")): Promise<void> => {
    await button.click();
    await hydrated(page);
  };
  await open("/aanmelden/23595");
  await press();
  await expectUsable(page, "enrolling oneself with errors");
  await main.locator("[name=wie]").first().check();
  await press();
  for (const [question, typed, chosen] of answers) {
    await open(`/aanmelden/stap/${question}`);
    await expectUsable(page, `the question ${question}`);
    // The employer's number may be left out.
    if (question !== "personeelsnummer") {
      await press();
      await expectUsable(page, `the question ${question} with errors`);
    }
    for (const [name, value] of Object.entries(typed)) await main.locator(`[name=${name}]`).fill(value);
    for (const name of chosen) await main.locator(`[name=${name}]`).first().check();
    await press();
    if (question === "gezin") {
      await expectUsable(page, "a dependant");
      await press();
      await expectUsable(page, "a dependant with errors");
      await main.locator("[name=voorletters]").fill("K.");
      await main.locator("[name=achternaam]").fill("Toegankelijk");
      await main.locator("[name=geboortedatum]").fill("3-5-2019");
      await main.locator("[name=geslacht]").first().check();
      await main.locator("[name=bsn]").fill(inventedBsn(9202));
      await press();
      await expectUsable(page, "the family");
    }
  }
  for (const [what, path] of [
    ["begun before", "/aanmelden"],
    ["how far one is", "/aanmelden/stappen"],
    ["the first question again", "/aanmelden/stap/overeenkomst"],
    ["all answers", "/aanmelden/controleren"],
  ] as const) {
    await open(path);
    await expectUsable(page, what);
  }
  await press();
  await expectUsable(page, "sent");
  await open(await portal.mailedLink("toegankelijk@werknemer.example"));
  await expectUsable(page, "one's own request, unproven");
  await press();
  await expectUsable(page, "one's own request, waiting");
  await main.locator("a[href$='intrekken=ja']").click();
  await hydrated(page);
  await expectUsable(page, "withdrawing");
}

/** The pages on which an employee changes something: each as it opens, and the first with what is wrong. */
async function expectChangingUsable(page: Page, portal: Portal): Promise<void> {
  const main = page.getByRole("main");
  const email = "235950402@deelnemer.example";
  const open = async (path: string): Promise<void> => {
    await page.goto(path);
    await hydrated(page);
  };
  const press = async (): Promise<void> => {
    await main.locator("button.act").click();
    await hydrated(page);
  };
  await open("/wijzigen");
  await press();
  await expectUsable(page, "asking for a link with errors");
  await main.locator("[name=contract]").fill("23595");
  await main.locator("[name=email]").fill(email);
  await press();
  await expectUsable(page, "a link was asked for");
  const link = await portal.mailedLink(email);
  await open(link);
  await expectUsable(page, "what can be changed");
  for (const kind of ["gegevens", "personeelsnummer", "verzekering", "gezinslid-erbij", "gezinslid-eraf", "andere-werkgever", "stoppen"]) {
    await open(`${link}/${kind}`);
    await expectUsable(page, `the change ${kind}`);
  }
  await press();
  await expectUsable(page, "leaving with errors");
  await open(`${link}/andere-werkgever`);
  await main.locator("[name=contract]").fill("24177");
  await main.locator("[name=ingangsdatum]").fill("1-12-2026");
  await press();
  await expectUsable(page, "a move that waits");
}

for (const [language, theme] of looks) {
  test(`every page on which one changes something is accessible in ${language}, ${theme}`, async ({ page, portal, guard }) => {
    guard.allow(/\b422\b/);
    await page.emulateMedia({ colorScheme: theme });
    await page.goto("/aanmelden");
    await hydrated(page);
    if (language === "en") await page.getByRole("button", { name: "English" }).click();
    await expect(page.locator("html")).toHaveAttribute("lang", language);
    await expectChangingUsable(page, portal);
  });

  test(`every page on which one enrols is accessible in ${language}, ${theme}`, async ({ page, portal, guard }) => {
    guard.allow(/\b422\b/);
    await page.emulateMedia({ colorScheme: theme });
    await page.goto("/aanmelden");
    await hydrated(page);
    if (language === "en") await page.getByRole("button", { name: "English" }).click();
    await expect(page.locator("html")).toHaveAttribute("lang", language);
    await expectEnrollingUsable(page, portal);
  });

  test(`every page of the back office is accessible in ${language}, ${theme}`, async ({ page, signIn, guard }) => {
    guard.allow(/\b4\d\d\b/);
    await page.emulateMedia({ colorScheme: theme });
    await page.goto("/account-aanvragen");
    await hydrated(page);
    if (language === "en") await page.getByRole("button", { name: "English" }).click();
    await hydrated(page);
    await expectUsable(page, "request an account");
    await page.getByRole("main").getByRole("button").click();
    await hydrated(page);
    await expectUsable(page, "request an account with errors");
    await page.goto("/account-aanvragen?verstuurd=ja");
    await hydrated(page);
    await expectUsable(page, "requested an account");
    for (const [what, path] of openPages) {
      await page.goto(path);
      await hydrated(page);
      await expectUsable(page, what);
    }
    if (language === "en") await page.getByRole("button", { name: "Nederlands" }).click();
    await signIn(demoStaff);
    if (language === "en") await page.getByRole("button", { name: "English" }).click();
    await expect(page.locator("html")).toHaveAttribute("lang", language);
    for (const [what, path] of officePages) {
      expect((await page.goto(path))?.status(), what).toBe(200);
      await hydrated(page);
      await expectUsable(page, what);
    }
    await page.goto("/beheer/werkgevers/1");
    await hydrated(page);
    await page.locator("[name=reden]").fill("Toegankelijkheid");
    await page.locator("button[value=meekijken]").click();
    await expect(page.locator(".viewed")).toBeVisible();
    await hydrated(page);
    await expectUsable(page, "looking along");
  });

  test(`every page is accessible in ${language}, ${theme}`, async ({ page, signIn, guard }) => {
    guard.allow(/\b4\d\d\b/);
    // The sign-in page has no account to ask for a theme, so it follows the device.
    await page.emulateMedia({ colorScheme: theme });
    await page.goto("/inloggen");
    await hydrated(page);
    await expectUsable(page, "sign-in");
    await page.getByRole("button", { name: "Inloggen" }).click();
    await expectUsable(page, "sign-in with errors");
    if (language === "en") await page.getByRole("button", { name: "English" }).click();
    for (const path of ["/wachtwoord-vergeten", "/wachtwoord-vergeten?verstuurd=ja", "/wachtwoord-herstellen/onbekend"]) {
      await page.goto(path);
      await hydrated(page);
      await expectUsable(page, path);
    }
    await page.goto("/wachtwoord-vergeten");
    await hydrated(page);
    await page.getByRole("main").getByRole("button").click();
    await expectUsable(page, "forgotten password with errors");
    if (language === "en") await page.getByRole("button", { name: "Nederlands" }).click();

    await signIn(demoAccount);
    if (language === "en") await page.getByRole("button", { name: "English" }).click();
    await expect(page.locator("html")).toHaveAttribute("lang", language);
    for (const [what, path, status = 200] of pages) {
      expect((await page.goto(path))?.status(), what).toBe(status);
      await hydrated(page);
      await expectUsable(page, what);
    }
    await page.goto("/mijn-gegevens");
    await hydrated(page);
    await page.getByRole("main").getByRole("button", { name: /^(E-mailadres wijzigen|Change e-mail address)$/ }).click();
    await hydrated(page);
    await expectUsable(page, "own details with errors");
    await page.goto("/deelnemers/aanmelden");
    await hydrated(page);
    await page.getByRole("main").getByRole("button", { name: /^(Aanmelden|Enrol)$/ }).click();
    await expect(page.getByRole("alert")).toBeVisible();
    await expectUsable(page, "enrolling with errors");
    await page.goto("/deelnemers?contract=23595&gezinsleden=nee");
    const href = await page.getByRole("main").getByRole("rowheader").getByRole("link").first().getAttribute("href");
    const enrolled = `/deelnemers/aanmelden?gedaan=${(href ?? "").split("/").at(-1) ?? ""}`;
    for (const path of [href ?? "", `${href ?? ""}/afmelden`, `${href ?? ""}/bijschrijven`, enrolled]) {
      await page.goto(path);
      await hydrated(page);
      await expectUsable(page, path);
    }
  });
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
    await typePassword(page, blocked, `mis-${times}`);
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
        await expectUsable(page, `${path.split("/")[1] ?? ""} in ${language}, ${theme},`);
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
      await expectUsable(page, `${path.split("/")[1] ?? ""} in ${theme}`);
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
