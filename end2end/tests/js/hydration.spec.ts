import type { Page } from "@playwright/test";

import { demoAccount } from "../../fixtures/people.ts";
import { expect, hydrated, test } from "../../fixtures/test.ts";
import { rows } from "../../pages/list.ts";

test.use({ contents: "demo" });

/** Notes where everything stands before scripts run, and whatever moves after that. */
async function watchLayout(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const shifts: string[] = [];
    (window as unknown as { shifts: string[] }).shifts = shifts;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const shift = entry as PerformanceEntry & {
          value: number;
          sources?: { node?: Node; previousRect: DOMRectReadOnly; currentRect: DOMRectReadOnly }[];
        };
        const place = (rect: DOMRectReadOnly): string => [rect.x, rect.y, rect.width, rect.height].map(Math.round).join(" ");
        const what = (shift.sources ?? []).map(({ node, previousRect, currentRect }) => {
          const element = node instanceof Element ? node : node?.parentElement;
          return `${place(previousRect)} -> ${place(currentRect)} ${element?.outerHTML.slice(0, 80) ?? "(gone)"}`;
        });
        shifts.push(`${shift.value.toFixed(6)} ${what.join(" | ")}`);
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
}

const paths = [
  "/",
  "/deelnemers?contract=23595&rijen=100",
  "/oud-deelnemers?contract=23595",
  "/in-en-uitstroom?contract=23595&van=2026-01&tot=2026-10",
  "/contractgebruik?contract=23595",
  "/berichten",
];

for (const width of [320, 1280]) {
  test(`nothing moves while a page hydrates, at ${width} px`, async ({ page, signIn }) => {
    await page.setViewportSize({ width, height: 800 });
    await signIn(demoAccount);
    await watchLayout(page);
    for (const path of paths) {
      await page.goto(path);
      await hydrated(page);
      await page.waitForTimeout(300);
      const shifts = await page.evaluate(() => (window as unknown as { shifts: string[] }).shifts);
      expect(shifts, path).toEqual([]);
    }
  });
}

test("hydration leaves every element where and what it was", async ({ page, signIn, browser, portal }) => {
  await signIn(demoAccount);
  const storageState = await page.context().storageState();
  // Scripts run there, so that style sheets see no difference, but the module never arrives.
  const still = await browser.newContext({ baseURL: portal.url, storageState });
  await still.route(/\.wasm$/, (route) => route.abort());
  const plain = await still.newPage();
  const boxes = (of: Page): Promise<string[]> =>
    of.evaluate(() =>
      // The count of unread messages in the menu is asked for by scripts alone.
      [...document.querySelectorAll("body *:not(script, .nav .unread, .nav .unread *)")]
        .map((element) => {
          // What is folded away has no box that a browser would promise: there, only what it is counts.
          if (element.closest("details:not([open]) > :not(summary)")) return `${element.tagName} folded away`;
          const box = element.getBoundingClientRect();
          if (box.width === 0 || box.height === 0) return "";
          return `${element.tagName} ${Math.round(box.x)},${Math.round(box.y)} ${Math.round(box.width)}×${Math.round(box.height)}`;
        })
        .filter((line) => line !== ""),
    );
  for (const path of paths) {
    await plain.goto(path);
    await page.goto(path);
    await hydrated(page);
    expect(await boxes(page), path).toEqual(await boxes(plain));
  }
  await still.close();
});

test("three hundred rows in pages of a hundred hydrate without a message", async ({ page, signIn }) => {
  await signIn(demoAccount);
  for (const at of [1, 2, 3]) {
    await page.goto(`/deelnemers?contract=23595&rijen=100&pagina=${at}`);
    await hydrated(page);
    await expect(rows(page)).toHaveCount(100);
  }
});

test("walking through the menu loads no page anew", async ({ page, signIn }) => {
  await signIn(demoAccount);
  const documents: string[] = [];
  page.on("request", (request) => {
    if (request.isNavigationRequest()) documents.push(request.url());
  });
  for (const item of ["Huidige deelnemers", "Oud-deelnemers", "In- en uitstroomlijsten", "Contractgebruik"]) {
    await page.getByRole("navigation").first().getByRole("link", { name: item }).click();
    await expect(page.getByRole("heading", { level: 1, name: item })).toBeVisible();
  }
  expect(documents).toEqual([]);
});

test("a tab of an older version still works when its scripts are gone", async ({ page, signIn, guard }) => {
  guard.allow(/^status 404/, /^console (error|warning): .*(404|Failed to load|Failed to fetch|error loading|TypeError|MIME)/i);
  await signIn(demoAccount);
  await page.route(/\.wasm$/, (route) => route.fulfill({ status: 404, body: "" }));
  await page.goto("/deelnemers?contract=23595");
  await expect(rows(page)).toHaveCount(25);
  await page.getByRole("main").getByRole("search").getByLabel("Achternaam").fill("xqxqxq");
  await page.getByRole("button", { name: "Zoek deelnemer" }).click();
  await expect(page.getByText("Aantal deelnemers: 0")).toBeVisible();
});

test("where the code of a page is gone, a link loads the page anew and a row leads to its page", async ({ page, signIn, guard }) => {
  guard.allow(/^status 404/, /^console (error|warning): .*(404|Failed to load|Failed to execute|error loading|TypeError)/i);
  await signIn(demoAccount, "/in-en-uitstroom");
  await page.route(/\/pkg\/(split|chunk)_/, (route) => route.fulfill({ status: 404, body: "" }));
  const menu = page.getByRole("navigation").first();
  await menu.getByRole("link", { name: "Huidige deelnemers" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Huidige deelnemers" })).toBeVisible();
  expect(new URL(page.url()).pathname).toBe("/deelnemers");
  await expect(page.locator("html[data-hydrated]")).not.toBeAttached();
  await menu.getByRole("link", { name: "Oud-deelnemers" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Oud-deelnemers" })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole("heading", { level: 1, name: "Huidige deelnemers" })).toBeVisible();

  await page.unroute(/\/pkg\/(split|chunk)_/);
  await page.route(/\/pkg\/split_person/, (route) => route.fulfill({ status: 404, body: "" }));
  await page.goto("/deelnemers?contract=23595&gezinsleden=nee");
  await hydrated(page);
  await rows(page).first().getByRole("link", { name: /afmelden/i }).click();
  await page.locator("tr.opened").getByRole("link", { name: "Afmelden" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("afmelden");
  expect(new URL(page.url()).pathname).toMatch(/^\/deelnemers\/\d+\/afmelden$/);
});

test("an opened row is taken over as well, and each file is loaded once", async ({ page, signIn, guard }) => {
  await signIn(demoAccount, "/deelnemers?contract=23595&gezinsleden=nee");
  await rows(page).first().getByRole("link", { name: /afmelden/i }).click();
  await expect(page.locator("tr.opened").getByLabel("Einddatum")).toBeVisible();
  guard.addresses.length = 0;
  await page.reload();
  await hydrated(page);
  await page.locator("tr.opened").getByRole("button", { name: "Afmelden" }).click();
  await expect(page.locator("tr.opened").getByRole("alert").first()).toBeVisible();
  const files = guard.addresses.filter((address) => address.includes("/pkg/"));
  expect(files.some((file) => file.includes("split_person"))).toBe(true);
  expect(files).toHaveLength(new Set(files).size);
});
