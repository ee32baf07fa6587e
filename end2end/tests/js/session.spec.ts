import { accounts } from "../../fixtures/people.ts";
import { expect, hydrated, test } from "../../fixtures/test.ts";
import { endSessionWhileTyping } from "../../pages/session.ts";

test.use({ changesData: true });

test("an idle session warns beforehand, and goes on with what was typed", async ({ page, signIn }) => {
  await page.clock.install();
  await signIn(accounts.hr, "/deelnemers?contract=30001");
  const field = page.getByRole("main").getByRole("search").getByLabel("Achternaam");
  await field.fill("half getypt");
  await page.clock.fastForward("28:10");
  const warning = page.getByRole("dialog", { name: "Bent u er nog?" });
  await expect(warning).toBeVisible();
  await warning.getByRole("button", { name: "Ingelogd blijven" }).click();
  await expect(warning).toBeHidden();
  await expect(field).toHaveValue("half getypt");
});

test("a session that ended lets one sign in over the page, and loses nothing that was typed", async ({ page, signIn }) => {
  await page.clock.install();
  await signIn(accounts.hr);
  const { dialog, typePassword, expectBack } = await endSessionWhileTyping(page);
  await typePassword(accounts.hr, "mis");
  await expect(dialog.getByRole("alert")).toBeVisible();
  await typePassword(accounts.hr);
  await expectBack(accounts.hr);
});

test("a session that ended elsewhere leads to signing in", async ({ page, signIn, guard }) => {
  guard.allow(/\b40[13]\b/);
  await signIn(accounts.hr, "/deelnemers?contract=30001");
  await page.context().clearCookies();
  await page.getByRole("navigation").first().getByRole("link", { name: "Oud-deelnemers" }).click();
  const inMain = page.getByRole("main").getByRole("link", { name: "Inloggen" });
  await inMain.click();
  await hydrated(page);
  await expect(page.getByRole("button", { name: "Inloggen" })).toBeVisible();
});

// asvs = "14.3.3, 14.2.3"
test("the device keeps nothing of anybody, and nobody else is told anything", async ({ page, signIn, portal }) => {
  const elsewhere: string[] = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(portal.url) && !request.url().startsWith("blob:")) elsewhere.push(request.url());
  });
  await signIn(accounts.hr, "/deelnemers?contract=30001&achternaam=boer");
  await page.getByRole("link", { name: "H. de Boer", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("de Boer");
  await page.getByRole("link", { name: "In- en uitstroomlijsten" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  const kept = await page.evaluate(async () => ({
    local: Object.entries(localStorage),
    session: Object.entries(sessionStorage),
    databases: await indexedDB.databases(),
    caches: await caches.keys(),
    cookies: document.cookie,
  }));
  expect(kept).toEqual({ local: [], session: [], databases: [], caches: [], cookies: "" });
  expect(elsewhere).toEqual([]);
});
