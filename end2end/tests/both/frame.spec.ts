import { expect, hydrated, test } from "../../fixtures/test.ts";
import { accounts, hostileNames } from "../../fixtures/people.ts";
import { rows } from "../../pages/list.ts";

test.use({ changesData: true });

test("the menu shows what this role may do, and the page that is open", async ({ page, signIn }) => {
  await signIn(accounts.hr, "/deelnemers");
  const menu = page.getByRole("navigation").first();
  for (const item of ["Dashboard", "Huidige deelnemers", "Oud-deelnemers", "In- en uitstroomlijsten", "Contractgebruik", "Berichten"]) {
    await expect(menu.getByRole("link", { name: item })).toBeAttached();
  }
  await expect(menu.getByRole("link", { name: "Huidige deelnemers" })).toHaveAttribute("aria-current", "page");
});

// asvs = "7.4.4"
test("every item of the menu leads to a page that works, and from each one can sign out", async ({ page, signIn }) => {
  await signIn(accounts.hr);
  const addresses = await page.getByRole("navigation").first().getByRole("link").evaluateAll((links) =>
    links.map((link) => (link as HTMLAnchorElement).href),
  );
  expect(addresses.length).toBeGreaterThanOrEqual(5);
  for (const address of addresses) {
    expect((await page.goto(address))?.status(), address).toBe(200);
    await hydrated(page);
    await expect(page.getByRole("heading", { level: 1 })).toHaveCount(1);
    await expect(page.getByRole("button", { name: "Uitloggen" })).toBeVisible();
  }
});

test("who may only see money gets no participants", async ({ page, signIn, guard }) => {
  guard.allow(/403/);
  await signIn(accounts.finance);
  await expect(page.getByRole("link", { name: "Huidige deelnemers" })).toHaveCount(0);
  for (const path of ["/deelnemers", "/oud-deelnemers", "/in-en-uitstroom"]) {
    expect((await page.goto(path))?.status(), path).toBe(403);
    await expect(page.getByRole("main")).not.toContainText("Boer");
  }
});

test("the language changes at once and is kept", async ({ page, signIn }) => {
  await signIn(accounts.hr, "/deelnemers");
  await page.getByRole("button", { name: "English" }).click();
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await expect(page.getByRole("heading", { level: 1, name: "Current participants" })).toBeVisible();
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await page.getByRole("button", { name: "Nederlands" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Huidige deelnemers" })).toBeVisible();
});

test("the theme changes at once and is kept", async ({ page, signIn }) => {
  await signIn(accounts.hr, "/deelnemers");
  await page.getByRole("button", { name: "Donker" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  const dark = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.getByRole("button", { name: "Licht" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "light");
  await expect.poll(() => page.evaluate(() => getComputedStyle(document.body).backgroundColor)).not.toBe(dark);
});

test("a contract is chosen once and kept", async ({ page, signIn }) => {
  await signIn(accounts.hr, "/deelnemers");
  const banner = page.getByRole("banner");
  await banner.getByLabel("Contract", { exact: true }).selectOption("30002");
  await banner.getByRole("button", { name: "Kies" }).click();
  await expect(rows(page)).toHaveCount(1);
  await page.goto("/deelnemers");
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page).first()).toContainText("W. Tweedecontract");
});

test("an unknown address has a page of its own, with the number of the request", async ({ page, signIn, guard }) => {
  guard.allow(/404/);
  await signIn(accounts.hr);
  const answer = await page.goto("/bestaat-niet");
  expect(answer?.status()).toBe(404);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.getByRole("link", { name: "Dashboard" }).first()).toBeAttached();
});

// asvs = "1.2.1, 1.2.3, 3.2.2"
test("names that try to do harm are only names", async ({ page, signIn }) => {
  const dialogs: string[] = [];
  page.on("dialog", (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  await signIn(accounts.payload, "/deelnemers?contract=30004");
  await expect(rows(page)).toHaveCount(hostileNames.length);
  const text = (await rows(page).allInnerTexts()).join("\n");
  for (const name of hostileNames) expect(text).toContain(name);
  const links = await rows(page).getByRole("rowheader").getByRole("link").evaluateAll((all) =>
    all.map((link) => (link as HTMLAnchorElement).href),
  );
  for (const address of links) {
    await page.goto(address);
    await hydrated(page);
    await expect(page.getByRole("heading", { level: 1 })).toContainText("X.");
    await page.goto(`${new URL(address).pathname}/afmelden`);
    await hydrated(page);
  }
  for (const path of ["/deelnemers", "/oud-deelnemers", "/in-en-uitstroom"]) {
    await page.goto(`${path}?contract=30004&achternaam=${encodeURIComponent(hostileNames[1] ?? "")}&zoek=${encodeURIComponent(hostileNames[2] ?? "")}`);
    await hydrated(page);
  }
  expect(dialogs).toEqual([]);
  expect(await page.locator("main script, main img[onerror], main svg[onload]").count()).toBe(0);
});

// asvs = "3.4.3, 3.4.4"
test("answers name the headers that keep a browser safe", async ({ page, signIn }) => {
  await signIn(accounts.hr);
  const answer = await page.goto("/deelnemers");
  const headers = answer?.headers() ?? {};
  expect(headers["content-security-policy"]).toMatch(/default-src 'none'.*script-src 'self' 'nonce-[^']+' 'wasm-unsafe-eval'/);
  expect(headers["content-security-policy"]).not.toContain("unsafe-inline");
  expect(headers["x-content-type-options"]).toBe("nosniff");
  expect(headers["x-frame-options"]).toBe("DENY");
  expect(headers["referrer-policy"]).toBe("same-origin");
  expect(headers["cache-control"]).toBe("no-store");
  expect(headers["server"]).toBeUndefined();
});
