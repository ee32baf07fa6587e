import type { Page } from "@playwright/test";

import { expectAccessible, expectNoSidewaysScroll, languages } from "../../fixtures/accessibility.ts";
import { answer, asks, enrol, fill, follow, next } from "../../fixtures/enrolling.ts";
import { type Account, demoAccount, inventedBsn } from "../../fixtures/people.ts";
import { expect, hydrated, scriptsRun, test as base } from "../../fixtures/test.ts";
import { type Language, type Words, wordsIn } from "../../fixtures/words.ts";

// Every way from an open page to what the employer decides (PRODUCT.md, chapters E and F), on a narrow phone and in each
// language: the words are those that the portal itself is compiled with.

// Each is as long as several tests, with axe on the way.
base.setTimeout(120_000);

/** A main insured of the demonstration with two dependants. */
const employee = { name: "C.S.E. Aalbers", email: "235950402@deelnemer.example" };

/** Who sees the contract of another employer. */
const newEmployer: Account = {
  email: "salaris@collectief.example",
  name: "Sjoerd Adema",
  password: "Twee-contracten-2026",
  contracts: ["24177"],
  roles: "administratief",
};

interface Steps {
  /** The words of the journey's language, in which the browser is. One phone plays everybody. */
  t: Words;
  /** Signs in, in the language of the journey: that of an account is otherwise its own. */
  enter: (account: Account, where: string) => Promise<void>;
  /** Opens a link of the employee, who asked for it by its address. */
  openLink: () => Promise<string>;
  /** The employer opens the one request of this name. */
  openRequest: (name: string, kind?: string) => Promise<void>;
  /** What one sees fits the screen and can be used by everybody. */
  look: (what: string) => Promise<void>;
}

for (const language of languages) {
  const t = wordsIn(language);
  const test = base.extend<Steps>({
    t: async ({ page, open }, use) => {
      await open("/aanmelden");
      await speak(page, language);
      await use(t);
    },
    enter: async ({ page, signIn }, use) => {
      await use(async (account, where) => {
        await signIn(account, where);
        await speak(page, language);
      });
    },
    openLink: async ({ page, open, portal, t: words }, use) => {
      await use(async () => {
        await open("/wijzigen");
        await fill(page, { [words("enrol.contract")]: "23595", [words("enrol.email")]: employee.email });
        await next(page, words("change.mail_me"));
        await asks(page, words("change.mailed_title"));
        const link = await portal.mailedLink(employee.email);
        await open(link);
        await asks(page, words("change.title"));
        await expect(page.getByRole("main").getByText(employee.name)).toBeVisible();
        return link;
      });
    },
    openRequest: async ({ page, enter }, use) => {
      await use(async (name, kind = "") => {
        await enter(demoAccount, `/valideren?naam=${name.split(" ").at(-1)?.toLowerCase() ?? ""}&soort=${kind}`);
        await page.getByRole("main").getByRole("link", { name }).click();
        await hydrated(page);
      });
    },
    look: async ({ page }, use) => {
      await use(async (what) => {
        await expectNoSidewaysScroll(page, what);
        if (scriptsRun()) await expectAccessible(page, what);
      });
    },
  });

  test.describe(language, () => {
    test.use({ contents: "demo", changesData: true, viewport: { width: 320, height: 720 } });

    test("E1 to E4, F2, F5: an employee enrols, the employer asks and approves, and the row is there", async ({
      page, open, portal, t, openRequest, look,
    }) => {
      const bsn = inventedBsn(9101);
      const email = "elske.proef@werknemer.example";
      const main = page.getByRole("main");
      await enrol(page, open, { surname: "Proefsta", bsn, email }, t);
      for (const shown of [`*****${bsn.slice(-4)}`, "27-03-1985", "7411 LD Lindeveld"]) await expect(main.getByText(shown)).toBeVisible();
      expect(await page.content()).not.toContain(bsn);
      await follow(page, t("enrol.change_of", { what: t("enrol.name") }));
      await asks(page, t("enrol.ask_name"));
      await fill(page, { [t("enrol.surname")]: "Proefstra" });
      await next(page, t("enrol.next"));
      await asks(page, t("enrol.check_title"));
      await expect(main.getByText("E. Proefstra")).toBeVisible();
      await next(page, t("enrol.send"));
      await asks(page, t("enrol.sent_title"));
      await expect(main.getByText(email)).toBeVisible();
      await expect(main.getByText(new RegExp(`^${t("enrol.reference_is", { reference: "" })}[0-9A-Z]{4}-[0-9A-Z]{4}$`))).toBeVisible();

      const link = await portal.mailedLink(email);
      // Looking proves nothing.
      await open(link);
      await open(link);
      await asks(page, t("enrol.is_unproven"));
      await next(page, t("enrol.confirm"));
      await asks(page, t("enrol.is_waiting"));

      await openRequest("E. Proefstra");
      await asks(page, t("validate.enrols", { name: "E. Proefstra", day: "01-12-2026" }));
      await main.getByText(t("validate.ask"), { exact: true }).click();
      await fill(page, { [t("validate.question")]: "Op welke locatie werkt u?" });
      await next(page, t("validate.ask_now"));
      await expect(page.getByRole("status").getByText(t("validate.is_asked", { name: "E. Proefstra" }))).toBeVisible();
      await look("a request that was asked about");
      expect(await portal.mail(email)).toContain("Op welke locatie werkt u?");

      await open(link);
      await asks(page, t("enrol.is_questioned"));
      await expect(main.getByText("Op welke locatie werkt u?").first()).toBeVisible();
      await look("a question to the employee");
      await fill(page, { [t("enrol.your_answer")]: "In het Oosterpaviljoen." });
      await next(page, t("enrol.answer"));
      await asks(page, t("enrol.is_waiting"));

      await openRequest("E. Proefstra");
      await expect(main.getByText("In het Oosterpaviljoen.")).toBeVisible();
      await fill(page, { [t("validate.field_number")]: "DL-9101" });
      await next(page, t("validate.approve"));
      await expect(page.getByRole("status").getByText(t("validate.is_approved", { name: "E. Proefstra" }))).toBeVisible();
      await look("an approved request");
      await follow(page, t("validate.to_person_of", { name: "E. Proefstra" }));
      await asks(page, "E. Proefstra");
      await expect(main.getByText("DL-9101").first()).toBeVisible();
      await expect(main.getByText("Lindelaan 12")).toBeVisible();
      await expect(main.getByText(new RegExp(`^${demoAccount.name} · `)).first()).toBeVisible();
      await open("/deelnemers?contract=23595&achternaam=proefstra");
      await expect(main.getByRole("link", { name: "E. Proefstra", exact: true })).toBeVisible();
      await expect(main.getByText("01-12-2026")).toBeVisible();

      await open(link);
      await asks(page, t("enrol.is_processed"));
      await look("a request that was processed");
    });

    test("E1: an employer enrols an employee, who hears of it once the employer's address is proven", async ({
      page, open, portal, t, guard,
    }) => {
      guard.allow(/\b422\b/);
      const [reporter, mailed] = ["hr@werkgever.example", "werknemer@werknemer.example"];
      await open("/aanmelden/23595");
      await page.getByLabel(t("enrol.who_employer")).check();
      await next(page, t("enrol.next"));
      await expect(page.getByRole("alert").getByRole("link").first()).toBeVisible();
      await fill(page, { [t("enrol.reporter_name")]: "Hanna Rozema", [t("enrol.reporter_email")]: reporter });
      await next(page, t("enrol.next"));
      await answer(page, "employer", { surname: "Meldstra", bsn: inventedBsn(9104), email: mailed }, t);
      await next(page, t("enrol.send"));
      await expect(page.getByRole("main").getByText(reporter)).toBeVisible();
      await open(await portal.mailedLink(reporter));
      await next(page, t("enrol.confirm"));
      await asks(page, t("enrol.is_waiting"));
      await open(await portal.mailedLink(mailed));
      await asks(page, t("enrol.is_waiting"));
      await expect(page.getByRole("main").getByText("E. Meldstra")).toBeVisible();
    });

    test("E2, E4: a family comes along, and an enrolment can be withdrawn", async ({ page, open, portal, t, guard, look }) => {
      guard.allow(/\b422\b/);
      const email = "gezin@werknemer.example";
      const main = page.getByRole("main");
      const person = (initials: string, surname: string, birth: string): Record<string, string> => ({
        [t("enrol.initials")]: initials,
        [t("enrol.surname")]: surname,
        [t("enrol.birth")]: birth,
      });
      await enrol(page, open, { surname: "Gezinsma", bsn: inventedBsn(9102), email }, t);
      await follow(page, t("enrol.change_of", { what: t("enrol.step_family") }));
      await page.getByLabel(t("enrol.yes"), { exact: true }).check();
      await next(page, t("enrol.next"));
      await asks(page, t("enrol.ask_dependant"));
      await fill(page, { ...person("M.", "Gezinsma", "3-5-2019"), BSN: inventedBsn(9102) });
      await page.getByLabel(t("enrol.woman"), { exact: true }).check();
      await next(page, t("enrol.keep"));
      await expect(page.getByRole("alert").getByRole("link").first()).toBeVisible();
      await fill(page, { BSN: inventedBsn(9103) });
      await next(page, t("enrol.keep"));
      await asks(page, t("enrol.ask_family"));
      await expect(main.getByText("M. Gezinsma, 03-05-2019")).toBeVisible();
      await follow(page, t("enrol.add"));
      await fill(page, person("T.", "Teveel", "4-6-2020"));
      await page.getByLabel(t("enrol.man"), { exact: true }).check();
      await page.getByLabel(t("enrol.no_bsn")).check();
      await next(page, t("enrol.keep"));
      await next(page, t("enrol.remove_of", { name: "T. Teveel" }));
      await expect(main.getByText("T. Teveel")).toHaveCount(0);
      await next(page, t("enrol.next"));
      // All of this began where the answers are checked, and ends there.
      await asks(page, t("enrol.check_title"));
      await expect(main.getByText(/M\. Gezinsma/)).toBeVisible();
      expect(await page.content()).not.toContain(inventedBsn(9103));
      await next(page, t("enrol.send"));
      await open(await portal.mailedLink(email));
      await next(page, t("enrol.confirm"));
      await follow(page, t("enrol.withdraw"));
      await expect(page.getByText(t("enrol.withdraw_sure"))).toBeVisible();
      await next(page, t("enrol.withdraw_yes"));
      await asks(page, t("enrol.is_withdrawn"));
      await look("a withdrawn request");
    });

    test("E5: who goes to another employer follows it, and both employers see it", async ({
      page, open, enter, t, guard, openLink, openRequest, look,
    }) => {
      guard.allow(/\b4\d\d\b/);
      const main = page.getByRole("main");
      const link = await openLink();
      await follow(page, t("change.kind_move"));
      await fill(page, { [t("change.new_contract")]: "99999", [t("enrol.start")]: "1-12-2026" });
      await next(page, t("enrol.send"));
      await expect(page.getByRole("alert").getByRole("link").first()).toBeVisible();
      await fill(page, { [t("change.new_contract")]: "24177" });
      await next(page, t("enrol.send"));
      await asks(page, t("enrol.request_is_waiting"));
      // The thirty days begin with the first day at the new employer.
      await expect(main.getByText(t("enrol.decide_within", { n: 60, employer: "Zorggroep De Linde" }))).toBeVisible();
      const request = new URL(page.url()).pathname;
      await open(link);
      const onItsWay = t("change.on_its_way", { what: t("change.kind_move"), day: "01-12-2026", reference: "" });
      await expect(main.getByText(onItsWay.trim())).toBeVisible();

      await openRequest(employee.name, "move");
      await next(page, t("validate.approve"));
      await expect(page.getByRole("status").getByText(t("validate.is_done", { name: employee.name }))).toBeVisible();
      await look("an approved move");
      await follow(page, t("validate.to_person_of", { name: employee.name }));
      await expect(main.getByText(t("person.kind_moved_out")).first()).toBeVisible();
      await expect(main.getByText("30-11-2026").first()).toBeVisible();

      await open(request);
      await asks(page, t("enrol.request_is_processed"));
      await follow(page, t("enrol.change_something"));
      await expect(main.getByText(/24177 · /)).toBeVisible();

      // The new employer did nothing, is told, and sees the family in its list.
      await page.context().clearCookies({ name: /session|sessie/ });
      await enter(newEmployer, "/berichten?contract=24177");
      const who = t("messages.with_others", { n: 2, name: employee.name });
      await expect(main.getByText(t("messages.moved_in", { n: 3, who, day: t("messages.as_of", { day: "01-12-2026" }) }))).toBeVisible();
      await open("/deelnemers?contract=24177&achternaam=aalbers");
      await expect(main.getByRole("link", { name: employee.name, exact: true })).toBeVisible();
    });

    test("E6, F3: an employee changes an address and a number; one holds, the other is refused with a reason", async ({
      page, open, portal, t, guard, openLink, openRequest, look,
    }) => {
      guard.allow(/\b422\b/);
      const main = page.getByRole("main");
      const link = await openLink();
      await follow(page, t("change.kind_details"));
      await fill(page, {
        [t("enrol.postcode")]: "12",
        [t("enrol.house_number")]: "8",
        [t("enrol.street")]: "Beukenlaan",
        [t("enrol.city")]: "Lindeveld",
      });
      await next(page, t("enrol.send"));
      await expect(page.getByRole("alert").getByRole("link").first()).toBeVisible();
      await expect(page.getByLabel(t("enrol.street"), { exact: true })).toHaveValue("Beukenlaan");
      await fill(page, { [t("enrol.postcode")]: "7411 LD" });
      await next(page, t("enrol.send"));
      await asks(page, t("enrol.request_is_waiting"));
      await expect(main.getByText("Beukenlaan 8")).toBeVisible();
      const moved = new URL(page.url()).pathname;
      await open(`${link}/personeelsnummer`);
      await fill(page, { [t("enrol.number")]: "DL-77" });
      await next(page, t("enrol.send"));
      await asks(page, t("enrol.request_is_waiting"));
      const numbered = new URL(page.url()).pathname;
      for (const kind of [t("change.kind_details"), t("change.kind_number")]) {
        expect(await portal.mail(employee.email), kind).toContain("23595");
      }

      await openRequest(employee.name, "details");
      await asks(page, t("validate.asks_change", { name: employee.name, what: lower(t("validate.kind_details")), day: "01-11-2026" }));
      await next(page, t("validate.approve"));
      await expect(page.getByRole("status").getByText(t("validate.is_done", { name: employee.name }))).toBeVisible();
      await follow(page, t("validate.to_person_of", { name: employee.name }));
      await expect(main.getByText("Beukenlaan 8")).toBeVisible();
      await expect(main.getByText(t("person.kind_details"))).toBeVisible();

      await openRequest(employee.name, "number");
      await main.getByText(t("validate.remove"), { exact: true }).click();
      await next(page, t("validate.remove_now"));
      await expect(page.getByRole("alert").getByRole("link").first()).toBeVisible();
      await look("removing without a reason");
      await fill(page, { [t("validate.reason")]: "Dat nummer is van een ander." });
      await next(page, t("validate.remove_now"));
      await expect(page.getByRole("status").getByText(t("validate.is_removed", { name: employee.name }))).toBeVisible();
      expect(await portal.mailWith(employee.email, "Dat nummer is van een ander.")).toContain(numbered);

      await open(numbered);
      await asks(page, t("enrol.request_is_removed"));
      await expect(main.getByText("Dat nummer is van een ander.").first()).toBeVisible();
      await look("a refused change");
      await open(moved);
      await asks(page, t("enrol.request_is_processed"));
      // The same link leads on to the next change.
      await follow(page, t("enrol.change_something"));
      await expect(main.getByText("Beukenlaan 8")).toBeVisible();
    });

    test("E6: leaving names the family, can be withdrawn, and a stranger learns nothing", async ({ page, open, t, guard, openLink }) => {
      guard.allow(/\b4\d\d\b/);
      await open("/wijzigen");
      await fill(page, { [t("enrol.contract")]: "23595", [t("enrol.email")]: "niemand@deelnemer.example" });
      await next(page, t("change.mail_me"));
      await asks(page, t("change.mailed_title"));
      await open("/wijzigen/onbekend");
      await asks(page, t("enrol.no_link_title"));
      await openLink();
      await follow(page, t("change.kind_leave"));
      await expect(page.getByText(new RegExp(`^${t("change.family_ends", { names: ".+, .+" }).replace(/\.$/, "\\.")}`))).toBeVisible();
      await page.getByLabel(t("change.reason_work")).check();
      await fill(page, { [t("change.last_day")]: "30-11-2026" });
      await next(page, t("enrol.send"));
      await asks(page, t("enrol.request_is_waiting"));
      await follow(page, t("enrol.withdraw_request"));
      await next(page, t("enrol.withdraw_yes"));
      await asks(page, t("enrol.request_is_withdrawn"));
    });

    test("E8: staff enrol somebody, and add a dependant, who both participate at once", async ({ page, open, enter, t, look }) => {
      const main = page.getByRole("main");
      await enter(demoAccount, "/deelnemers/aanmelden");
      await asks(page, t("inside.title"));
      await fill(page, {
        [t("person.initials")]: "Q.",
        [t("participants.surname")]: "Proefhuizen",
        [t("participants.birth_date")]: "29-02-1988",
        BSN: inventedBsn(9001),
        [t("enrol.start")]: "1-12-2026",
      });
      await page.getByRole("radio", { name: t("person.woman"), exact: true }).check();
      await page.getByRole("radio", { name: "Basisverzekering", exact: true }).check();
      await next(page, t("inside.title"));
      await expect(main.getByRole("status").getByText(t("inside.done", { name: "Q. Proefhuizen" }))).toBeVisible();
      await look("an enrolment that is done");
      await follow(page, t("inside.add_dependant"));
      await asks(page, t("inside.dependant_title", { name: "Q. Proefhuizen" }));
      await fill(page, {
        [t("person.initials")]: "Z.",
        [t("participants.surname")]: "Nakomer",
        [t("participants.birth_date")]: "20-10-2026",
        [t("enrol.start")]: "1-12-2026",
      });
      await page.getByRole("radio", { name: t("person.man"), exact: true }).check();
      await page.getByRole("checkbox", { name: t("inside.no_bsn") }).check();
      await next(page, t("inside.dependant_submit"));
      await expect(main.getByRole("status").getByText(t("inside.added", { name: "Z. Nakomer" }))).toBeVisible();
      await look("a dependant who was added");
      await open("/deelnemers?contract=23595&achternaam=proefhuizen");
      await expect(main.getByRole("link", { name: "Q. Proefhuizen", exact: true })).toBeVisible();
    });

    test("F1: what needs no validation is processed at once", async ({ page, open, portal, enter, t, openLink, look }) => {
      const main = page.getByRole("main");
      const kind = lower(t("change.kind_details"));
      await enter(demoAccount, "/validatie-overzicht");
      const box = page.getByRole("checkbox", { name: new RegExp(`^${t("validate.asks_of", { kind, contract: "23595" })}`, "i") });
      await expect(box).toBeChecked();
      await box.uncheck();
      await next(page, t("validate.save"));
      await expect(page.getByRole("status").getByText(t("validate.saved"), { exact: true })).toBeVisible();
      await expect(box).not.toBeChecked();
      await expect(main.getByText(new RegExp(`^${demoAccount.name}, 01-11-2026`))).toBeVisible();
      await look("an option that was changed");

      const link = await openLink();
      await open(`${link}/gegevens`);
      await fill(page, { [t("enrol.phone")]: "06 12345678" });
      await next(page, t("enrol.send"));
      await asks(page, t("enrol.request_is_processed"));
      expect(await portal.mail(employee.email)).toContain("23595");
      await open("/valideren?naam=aalbers&soort=details");
      await expect(main.getByRole("link", { name: employee.name })).toHaveCount(0);
    });

    test("F2: several are approved at once, each with its answer, and one is taken back", async ({ page, open, enter, t, look }) => {
      const main = page.getByRole("main");
      const approved = async (count: number): Promise<void> =>
        next(page, scriptsRun() ? t("validate.approve_ticked", { count }) : t("validate.approve"));
      await enter(demoAccount, "/valideren");
      await expect(main.getByText(t("validate.waits", { n: 19 }))).toBeVisible();
      for (const name of ["R. Terpstra", "P. Noordhof"]) await main.getByRole("checkbox", { name: t("validate.choose", { name }) }).check();
      await approved(2);
      await expect(page.getByRole("status").getByText(t("validate.done", { n: 2 }))).toBeVisible();
      for (const name of ["R. Terpstra", "P. Noordhof"]) {
        await expect(page.getByRole("status").getByText(t("validate.is_approved", { name }))).toBeVisible();
      }
      await look("several approvals");
      await next(page, t("validate.undo_of", { name: "P. Noordhof" }));
      await expect(page.getByRole("status").getByText(t("validate.undone"), { exact: true })).toBeVisible();
      await look("an approval that was undone");
      await open("/valideren?sorteer=start");
      await expect(main.getByText(t("validate.waits", { n: 18 }))).toBeVisible();
      await expect(main.getByRole("link", { name: "P. Noordhof" })).toBeVisible();
    });

    test("F4: the employer is reminded in the account's language, and sees what waits", async ({
      page, open, portal, enter, t, openLink,
    }) => {
      await enter(demoAccount, "/mijn-gegevens");
      await page.getByRole("main").locator(`[name=taal][value=${language}]`).check();
      await next(page, t("details.save"));
      await expect(page.getByRole("status").getByText(t("details.done_saved"), { exact: true })).toBeVisible();
      await page.getByLabel(t("details.remind_at_once")).check();
      await next(page, t("details.save_wishes"));
      await expect(page.getByRole("status").getByText(t("details.done_wishes"), { exact: true })).toBeVisible();

      const link = await openLink();
      await open(`${link}/personeelsnummer`);
      await fill(page, { [t("enrol.number")]: "DL-78" });
      await next(page, t("enrol.send"));
      await asks(page, t("enrol.request_is_waiting"));
      const reminder = await portal.mailWith(demoAccount.email, language === "nl" ? "Er is een mutatie binnengekomen" : "A mutation came in");
      expect(reminder).not.toContain("Aalbers");
      const waits = reminder.split(/\s/).find((word) => word.startsWith(`${portal.url}/valideren`));
      await open((waits ?? "").slice(portal.url.length));
      await expect(page.getByRole("heading", { level: 1 })).toContainText(employee.name);
    });

    test.describe("E7", () => {
      test.use({ settings: { COLLECTIEF_ENROLMENTS_PER_CLIENT: "2" } });

      test("E7: a flood is held off, and honest people are told when to try again", async ({ page, open, t, guard, look }) => {
        guard.allow(/\b4\d\d\b/);
        for (const number of [1, 2, 3]) {
          await open("/wijzigen");
          await fill(page, { [t("enrol.contract")]: "23595", [t("enrol.email")]: `vloed${number}@deelnemer.example` });
          await next(page, t("change.mail_me"));
          await asks(page, number < 3 ? t("change.mailed_title") : t("enrol.too_many_title"));
        }
        await look("a flood that was held off");
      });
    });
  });
}

/** Makes the portal speak this language, as its reader would. */
async function speak(page: Page, language: Language): Promise<void> {
  if ((await page.locator("html").getAttribute("lang")) === language) return;
  await page.getByRole("button", { name: language === "en" ? "English" : "Nederlands" }).click();
  await hydrated(page);
  await expect(page.locator("html")).toHaveAttribute("lang", language);
}

/** Words within a sentence begin small. */
function lower(words: string): string {
  return words.charAt(0).toLowerCase() + words.slice(1);
}
