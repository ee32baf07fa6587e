import type { Page } from "@playwright/test";

import { expectUsable } from "../../fixtures/accessibility.ts";
import { test } from "../../fixtures/broker.ts";
import { demoAccount } from "../../fixtures/people.ts";
import { expect, hydrated, scriptsRun, typePassword } from "../../fixtures/test.ts";

const button = { name: "Inloggen met eHerkenning" };

/** Chooses at the broker who to be, and at which level. */
async function choose(page: Page, who: string, level: string): Promise<void> {
  await expect(page.getByRole("heading", { level: 1, name: "Demonstratiemakelaar" })).toBeVisible();
  await page.getByLabel("Wie bent u?").selectOption(who);
  await page.getByLabel("Niveau").selectOption(level);
  await page.getByRole("button", { name: "Inloggen" }).click();
}

/** The page can be used by everybody; axe needs scripts, and what it looks at is the same without them. */
async function check(page: Page, what: string): Promise<void> {
  if (scriptsRun()) await expectUsable(page, what);
}

/** Links Hanna's eHerkenning to her account, which ends on the dashboard. */
async function linkOnce(page: Page, link: (email: string) => Promise<string>): Promise<void> {
  await page.getByRole("button", button).click();
  await choose(page, "pseudoniem-hanna", "loa2plus");
  await expect(page.getByRole("heading", { level: 1, name: "Koppel eHerkenning aan uw account" })).toBeVisible();
  await hydrated(page);
  await check(page, "naming the account");
  await page.getByLabel("E-mailadres").fill(demoAccount.email);
  await page.getByRole("button", { name: "Stuur de e-mail" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Kijk in uw e-mail" })).toBeVisible();
  await hydrated(page);
  await check(page, "a link was asked for");
  await page.goto(await link(demoAccount.email));
  await expect(page.getByRole("heading", { level: 1, name: "eHerkenning koppelen" })).toBeVisible();
  await hydrated(page);
  await check(page, "confirming the account");
  await page.getByRole("button", { name: "Koppelen en inloggen" }).click();
  await expect(page.getByRole("button", { name: "Uitloggen" })).toBeAttached();
  await hydrated(page);
}

test("who signs in with eHerkenning links it once by mail, and then comes in directly", async ({ page, open, portal }) => {
  await open("/inloggen");
  await check(page, "signing in");
  await linkOnce(page, (email) => portal.mailedLink(email));
  await expect(page).toHaveURL("/");
  await page.getByRole("button", { name: "Uitloggen" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Inloggen" })).toBeVisible();

  await open("/inloggen?naar=/contractgebruik");
  await page.getByRole("button", button).click();
  await choose(page, "pseudoniem-hanna", "loa3");
  await expect(page).toHaveURL("/contractgebruik");
  await expect(page.getByRole("heading", { level: 1, name: "Contractgebruik" })).toBeVisible();
  await hydrated(page);
});

test("who stops at the broker comes back to a page that says so", async ({ page, open }) => {
  await open("/inloggen");
  await page.getByRole("button", button).click();
  await page.getByRole("button", { name: "Annuleren" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "U bent niet ingelogd" })).toBeVisible();
  await hydrated(page);
  expect(new URL(page.url()).search).toBe("?reden=gestopt");
  await check(page, "stopped at the broker");
  await page.getByRole("link", { name: "Inloggen met een wachtwoord" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Inloggen" })).toBeVisible();
  await hydrated(page);
});

test("a level that is too low is refused, with the level that is needed", async ({ page, open, guard }) => {
  guard.allow(/\b403\b/);
  await open("/inloggen");
  await page.getByRole("button", button).click();
  await choose(page, "pseudoniem-hanna", "loa2");
  await expect(page.getByRole("alert").getByText("niveau eH2+ of hoger")).toBeVisible();
  await hydrated(page);
  await check(page, "a level that is too low");
  await page.getByRole("button", { name: "Opnieuw met eHerkenning" }).click();
  await choose(page, "pseudoniem-hanna", "loa4");
  await expect(page.getByRole("heading", { level: 1, name: "Koppel eHerkenning aan uw account" })).toBeVisible();
  await hydrated(page);
});

test("a contract that demands eH3 is there for who comes with eH3", async ({ page, open, portal, guard }) => {
  guard.allow(/\b4\d\d\b/);
  const demanded = await portal.command(["contract", "level", "--number", "23595", "--level", "loa3"]);
  expect(demanded.status, demanded.output).toBe(0);
  await open("/inloggen");
  await linkOnce(page, (email) => portal.mailedLink(email));
  await expect(page.getByText("23595 · Zorggroep De Linde: niveau eH3 of hoger")).toBeVisible();
  await check(page, "a dashboard with a contract that demands more");
  await open("/deelnemers?contract=23595");
  await expect(page.getByRole("heading", { level: 1, name: "Huidige deelnemers" })).toHaveCount(0);

  await open("/");
  await page.getByRole("button", button).click();
  // The broker is asked for what is needed.
  await expect(page.getByLabel("Niveau")).toHaveValue("loa3");
  await choose(page, "pseudoniem-hanna", "loa3");
  await expect(page).toHaveURL("/");
  await open("/deelnemers?contract=23595");
  await expect(page.getByRole("heading", { level: 1, name: "Huidige deelnemers" })).toBeVisible();
});

test("a broker that is down is told, and the password still works", async ({ page, open, broker, guard }) => {
  guard.allow(/\b503\b/);
  await broker.stop();
  await open("/inloggen");
  await page.getByRole("button", button).click();
  await expect(page.getByRole("alert").getByText("eHerkenning is nu niet bereikbaar")).toBeVisible();
  await hydrated(page);
  await page.getByRole("link", { name: "Inloggen met een wachtwoord" }).click();
  await hydrated(page);
  await typePassword(page, demoAccount.email, demoAccount.password);
  await expect(page.getByRole("button", { name: "Uitloggen" })).toBeAttached();
  await hydrated(page);
});
