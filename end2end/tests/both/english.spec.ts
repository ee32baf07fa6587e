import type { Page } from "@playwright/test";

import { expectAccessible } from "../../fixtures/accessibility.ts";
import { test as testWithBroker } from "../../fixtures/broker.ts";
import { accounts, demoAccount, staff } from "../../fixtures/people.ts";
import { expect, hydrated, scriptsRun, test } from "../../fixtures/test.ts";
import { Phone } from "../../fixtures/totp.ts";

// The ways in, as somebody walks them whose browser asks for English. The other files walk them in Dutch.
test.use({ changesData: true, locale: "en-GB" });
testWithBroker.use({ locale: "en-GB" });

const { hr } = accounts;
const fresh = "paard fiets wolken lepel";
const newcomer = { name: "Wies Werker", email: "wies@werkgever.example" };

/** The page that stands open is in English and can be used by everybody; axe needs scripts. */
async function check(page: Page, heading: string): Promise<void> {
  await expect(page.getByRole("heading", { level: 1, name: heading, exact: true })).toBeVisible();
  await hydrated(page);
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  if (scriptsRun()) await expectAccessible(page, heading);
}

async function press(page: Page, button: string): Promise<void> {
  await page.getByRole("button", { name: button, exact: true }).click();
  await hydrated(page);
}

async function bringPassword(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await press(page, "Sign in");
}

/** Signs out; the account of the roster is Dutch, whatever the browser asks for. */
async function signOut(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^(Sign out|Uitloggen)$/ }).click();
  await check(page, "Sign in");
}

test("an account is asked for, approved, activated, given a second step and signed out of", async ({ page, open, portal, colleague, guard }) => {
  guard.allow(/\b4\d\d\b/);
  await open("/inloggen");
  await page.getByRole("link", { name: "Request an account" }).click();
  await check(page, "Request an account");
  await page.getByLabel("Organisation").fill("Stichting Proef");
  await page.getByLabel("KvK number").fill("12345678");
  await page.getByLabel("Contract number").fill("30001");
  await page.getByLabel("Your name").fill(newcomer.name);
  await page.getByLabel("E-mail address").fill(newcomer.email);
  await page.getByLabel("Telephone number").fill("06 12345678");
  await page.getByRole("checkbox", { name: /^Administrative/ }).check();
  await press(page, "Request an account");
  await check(page, "Look in your e-mail");
  await open(await portal.mailedLink(newcomer.email));
  await check(page, "Confirm your request");
  await press(page, "Yes, confirm my request");
  await check(page, "Your request is confirmed");

  const desk = await colleague(staff, "/beheer/aanvragen/1");
  await desk.getByRole("checkbox", { name: /^Administratief op 30001/ }).check();
  await press(desk, "Goedkeuren");
  await expect(desk.getByRole("status").getByText("De aanvraag is goedgekeurd")).toBeVisible();

  await open(await portal.mailedLink(newcomer.email));
  await check(page, "Activate your account");
  await page.getByLabel("New password").fill(fresh);
  await press(page, "Activate account");
  await expect(page.getByRole("banner").getByText(newcomer.name)).toBeVisible();

  await open("/mijn-gegevens/tweede-stap");
  await check(page, "Second step of signing in");
  await press(page, "Set up an app");
  await check(page, "Second step of signing in");
  const phone = await Phone.of(page);
  await page.getByLabel("Code that the app shows now").fill(phone.next());
  await page.getByLabel("Your password").fill(fresh);
  await press(page, "Turn on");
  await expect(page.getByRole("status").getByText("The second step is on")).toBeVisible();
  await page.getByRole("link", { name: "I have kept the codes" }).click();
  await expect(page.getByText("You have 10 recovery codes left.")).toBeVisible();
  await signOut(page);

  await bringPassword(page, newcomer.email, fresh);
  await check(page, "Second step");
  await page.getByLabel("Code", { exact: true }).fill(phone.next());
  await press(page, "Sign in");
  await expect(page.getByRole("banner").getByText(newcomer.name)).toBeVisible();
  await signOut(page);
});

test("a forgotten password is replaced", async ({ page, open, portal }) => {
  await open("/inloggen");
  await check(page, "Sign in");
  await page.getByRole("link", { name: "Forgotten your password?" }).click();
  await check(page, "Forgotten your password");
  await page.getByLabel("E-mail address").fill(hr.email);
  await press(page, "Send the e-mail");
  await check(page, "Look in your e-mail");
  await open(await portal.mailedLink(hr.email));
  await check(page, "Choose a new password");
  await page.getByLabel("New password").fill(fresh);
  await press(page, "Save password");
  await expect(page.getByRole("banner").getByText(hr.name)).toBeVisible();
  await signOut(page);
  await bringPassword(page, hr.email, fresh);
  await expect(page.getByRole("banner").getByText(hr.name)).toBeVisible();
});

test("a blocked account is unblocked", async ({ page, open, portal, guard }) => {
  guard.allow(/\b4\d\d\b/);
  await open("/inloggen");
  for (let times = 1; times <= 5; times += 1) await bringPassword(page, hr.email, `mis-${times}`);
  await expect(page.getByRole("alert").getByText(/link to unblock/)).toBeVisible();
  await open(await portal.mailedLink(hr.email));
  await check(page, "Unblock your account");
  await press(page, "Unblock");
  await expect(page.getByRole("status").getByText("Your account can be used again")).toBeVisible();
  await bringPassword(page, hr.email, hr.password);
  await expect(page.getByRole("banner").getByText(hr.name)).toBeVisible();
});

testWithBroker("eHerkenning is linked by mail, and comes in directly from then on", async ({ page, open, portal }) => {
  const choose = async (): Promise<void> => {
    await page.getByRole("button", { name: "Sign in with eHerkenning" }).click();
    await page.getByLabel("Wie bent u?").selectOption("pseudoniem-hanna");
    await page.getByLabel("Niveau").selectOption("loa3");
    await page.getByRole("button", { name: "Inloggen" }).click();
  };
  await open("/inloggen");
  await choose();
  await check(page, "Link eHerkenning to your account");
  await page.getByLabel("E-mail address").fill(demoAccount.email);
  await press(page, "Send the e-mail");
  await check(page, "Check your mail");
  await open(await portal.mailedLink(demoAccount.email));
  await check(page, "Link eHerkenning");
  await press(page, "Link and sign in");
  await expect(page.getByRole("banner").getByText(demoAccount.name)).toBeVisible();
  await signOut(page);
  await choose();
  await expect(page.getByRole("banner").getByText(demoAccount.name)).toBeVisible();
  await hydrated(page);
});
