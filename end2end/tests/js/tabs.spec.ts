import type { BrowserContext, Page } from "@playwright/test";

import { accounts } from "../../fixtures/people.ts";
import { expect, hydrated, test } from "../../fixtures/test.ts";

const { hr, colleague } = accounts;

test.use({ changesData: true });

/** Another tab of the same browser, on a list in which something is half typed. */
async function secondTab(context: BrowserContext): Promise<{ tab: Page; typed: ReturnType<Page["getByLabel"]> }> {
  const tab = await context.newPage();
  await tab.goto("/deelnemers?contract=30001");
  await hydrated(tab);
  const typed = tab.getByRole("main").getByRole("search").getByLabel("Achternaam");
  await typed.fill("half getypt");
  return { tab, typed };
}

const warning = (page: Page): ReturnType<Page["getByRole"]> => page.getByRole("dialog", { name: "Bent u er nog?" });
const ended = (page: Page): ReturnType<Page["getByRole"]> => page.getByRole("dialog", { name: "U bent uitgelogd" });

test("one key in one tab keeps the session in all, and nothing that was typed is lost", async ({ page, context, signIn }) => {
  await context.clock.install();
  await signIn(hr);
  const { tab, typed } = await secondTab(context);
  await context.clock.fastForward("28:10");
  await expect(warning(page)).toBeVisible();
  await expect(warning(tab)).toBeVisible();
  await tab.keyboard.press("Shift");
  await expect(warning(tab)).toBeHidden();
  await expect(warning(page)).toBeHidden();
  await expect(typed).toHaveValue("half getypt");
  await expect(typed).toBeFocused();
  // It goes on from there, in both.
  await context.clock.fastForward("27:00");
  await expect(warning(page)).toBeHidden();
  await context.clock.fastForward("01:10");
  await expect(warning(page)).toBeVisible();
  await warning(page).getByText("Druk op een toets of klik").click();
  await expect(warning(page)).toBeHidden();
  await expect(warning(tab)).toBeHidden();
});

test("what is done in one tab counts for all", async ({ page, context, signIn }) => {
  await context.clock.install();
  await signIn(hr);
  const { tab } = await secondTab(context);
  for (let times = 0; times < 4; times += 1) {
    await context.clock.fastForward("10:00");
    await tab.keyboard.press("Shift");
    // The page tells the server within five seconds, and the other tab with it.
    const told = tab.waitForResponse((answer) => answer.url().endsWith("/fn/ping"));
    await context.clock.fastForward("00:06");
    await told;
    await expect(warning(tab)).toBeHidden();
    await expect(warning(page)).toBeHidden();
  }
});

// asvs = "14.3.1"
test("signing out in one tab takes all others to the sign-in page, and takes away what they show", async ({ page, context, signIn, guard }) => {
  // A tab asks whether the session is over.
  guard.allow(/401/);
  await signIn(hr);
  const { tab } = await secondTab(context);
  await expect(tab.getByText("Aantal deelnemers")).toBeVisible();
  await page.getByRole("button", { name: "Uitloggen", exact: true }).click();
  await expect(tab.getByRole("heading", { level: 1, name: "Inloggen" })).toBeVisible();
  await expect(page.getByRole("heading", { level: 1, name: "Inloggen" })).toBeVisible();
  await expect(tab).toHaveURL("/inloggen");
  await expect(tab.getByText("Aantal deelnemers")).toHaveCount(0);
  await tab.goBack();
  await expect(tab.getByText("Aantal deelnemers")).toHaveCount(0);
});

// asvs = "14.3.1"
test("what is shown goes at once, before the server has answered", async ({ page, context, signIn, guard }) => {
  guard.allow(/401/, /request failed/);
  await signIn(hr);
  const { tab } = await secondTab(context);
  let release = (): void => {};
  const held = new Promise<void>((done) => {
    release = done;
  });
  await page.route("**/uitloggen", async (route) => {
    await held;
    await route.continue();
  });
  await page.getByRole("button", { name: "Uitloggen", exact: true }).click({ noWaitAfter: true });
  await expect(tab.locator("main")).toHaveCount(0);
  expect(await tab.locator("body").innerText()).toBe("");
  release();
  await expect(tab.getByRole("heading", { level: 1, name: "Inloggen" })).toBeVisible();
});

test("signing in again in one tab lets all go on", async ({ page, context, signIn }) => {
  await context.clock.install();
  await signIn(hr);
  const { tab, typed } = await secondTab(context);
  await context.clearCookies();
  await context.clock.fastForward("31:00");
  await expect(ended(page)).toBeVisible();
  await expect(ended(tab)).toBeVisible();
  await ended(page).getByLabel("E-mailadres").fill(hr.email);
  await ended(page).getByLabel("Wachtwoord").fill(hr.password);
  await ended(page).getByRole("button", { name: "Inloggen" }).click();
  await expect(ended(page)).toBeHidden();
  await expect(ended(tab)).toBeHidden();
  await expect(typed).toHaveValue("half getypt");
});

test("somebody else who signs in sees nothing of what another tab showed", async ({ page, context, signIn, guard }) => {
  // The contract that the other tab showed is not one of theirs.
  guard.allow(/404/);
  await context.clock.install();
  await signIn(hr, "/deelnemers?contract=30002");
  await expect(page.getByText("Tweedecontract")).toBeVisible();
  const { tab } = await secondTab(context);
  await context.clearCookies();
  await context.clock.fastForward("31:00");
  await ended(tab).getByLabel("E-mailadres").fill(colleague.email);
  await ended(tab).getByLabel("Wachtwoord").fill(colleague.password);
  await ended(tab).getByRole("button", { name: "Inloggen" }).click();
  for (const shown of [page, tab]) {
    await expect(shown.getByRole("banner").getByText(colleague.name)).toBeVisible();
    await expect(shown.getByText("Tweedecontract")).toHaveCount(0);
  }
});
