import { expect, hydrated, test } from "../../fixtures/test.ts";
import { accounts, currentOfFirstContract, people } from "../../fixtures/people.ts";
import { rows } from "../../pages/list.ts";

test.describe("In- en uitstroomlijsten", () => {
  test.beforeEach(async ({ signIn }) => signIn(accounts.hr, "/in-en-uitstroom?contract=30001"));

  test("shows who came and who went in the months that are chosen", async ({ page }) => {
    await expect(page.getByRole("heading", { level: 1, name: "In- en uitstroomlijsten" })).toBeVisible();
    await page.goto("/in-en-uitstroom?contract=30001&van=2026-09&tot=2026-11");
    await hydrated(page);
    await expect(page.getByText("O. Oudman")).toBeVisible();
    await expect(page.getByText("V. Vertrek")).toBeVisible();
    await expect(rows(page)).toHaveCount(2);
    await expect(page.getByText(/bijgewerkt tot/i)).toBeVisible();
    await expect(page.getByRole("link", { name: "Download deze in- en uitstroomlijst" })).toBeVisible();
  });

  test("the form leads to the same list, and can show everybody", async ({ page }) => {
    await page.goto("/in-en-uitstroom?contract=30001&van=2026-09&tot=2026-09");
    await hydrated(page);
    await expect(rows(page)).toHaveCount(1);
    await page.getByLabel("Toon alle deelnemers").check();
    await page.getByRole("button", { name: "De lijst bekijken" }).click();
    await expect(page).toHaveURL(/toon=alle/);
    await expect(rows(page).nth(10)).toBeVisible();
  });

  test("months that are the wrong way round are told", async ({ page, guard }) => {
    guard.allow(/\b4\d\d\b/);
    await page.goto("/in-en-uitstroom?contract=30001&van=2026-09&tot=2026-01");
    await expect(page.getByRole("alert").first()).toBeVisible();
    await expect(page).toHaveTitle(/^Fout:/);
  });
});

test.describe("Contractgebruik", () => {
  test("difference is in minus out in every month, and ends at the number of today", async ({ page, signIn }) => {
    await signIn(accounts.hr, "/contractgebruik?contract=30001");
    await expect(page.getByRole("heading", { level: 1, name: "Contractgebruik" })).toBeVisible();
    await expect(page.getByText("Huidige aantal deelnemers").first()).toBeVisible();
    await expect(page.getByRole("main")).toContainText(String(currentOfFirstContract));
    const table = await rows(page).evaluateAll((all) =>
      all.map((row) =>
        [...row.querySelectorAll("td")].slice(-4).map((cell) => Number((cell.textContent ?? "").replace("−", "-").replace(/[^\d-]/g, ""))),
      ),
    );
    expect(table.length).toBeGreaterThanOrEqual(12);
    table.forEach(([atEnd = Number.NaN, difference = Number.NaN, inflow = Number.NaN, outflow = Number.NaN], place) => {
      expect(difference).toBe(inflow - outflow);
      const before = table[place + 1]?.[0];
      if (before !== undefined) expect(atEnd - before).toBe(difference);
    });
  });

  test("the chart says in words what it shows", async ({ page, signIn }) => {
    await signIn(accounts.hr, "/contractgebruik?contract=30001");
    await expect(page.getByRole("img").first()).toHaveAccessibleName(/.+/);
  });
});

test("a former participant still stands in the flow of the month", async ({ page, signIn }) => {
  await signIn(accounts.hr, "/in-en-uitstroom?contract=30001&van=2026-09&tot=2026-09");
  await expect(page.getByRole("main")).toContainText(people.former.relation_number);
});
