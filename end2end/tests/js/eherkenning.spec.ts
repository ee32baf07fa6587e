import { test } from "../../fixtures/broker.ts";
import { expect, expectAccessible, expectNoSidewaysScroll, hydrated } from "../../fixtures/test.ts";

const reasons = ["gestopt", "verlopen", "niveau", "organisatie", "geblokkeerd", "mislukt", "storing", "te-vaak"];

for (const language of ["nl", "en"] as const) {
  for (const theme of ["light", "dark"] as const) {
    test(`the pages of eHerkenning are accessible in ${language}, ${theme}`, async ({ page, open, guard }) => {
      guard.allow(/\b(4\d\d|503)\b/);
      await page.emulateMedia({ colorScheme: theme });
      await open("/inloggen");
      if (language === "en") await page.getByRole("button", { name: "English" }).click();
      await hydrated(page);
      await expect(page.locator("html")).toHaveAttribute("lang", language);
      const check = async (what: string): Promise<void> => {
        for (const width of [320, 1280]) {
          await page.setViewportSize({ width, height: 800 });
          await expectNoSidewaysScroll(page, `${what} at ${width} px`);
          await expectAccessible(page, `${what} at ${width} px`);
        }
      };
      await check("signing in, with the button");
      for (const reason of reasons) {
        await open(`/inloggen/eherkenning?reden=${reason}`);
        await expect(page.getByRole("alert")).not.toBeEmpty();
        await check(reason);
      }
      for (const path of ["/inloggen/eherkenning/koppelen", `/eherkenning-koppelen/${"A".repeat(43)}`]) {
        await open(path);
        await check(path);
      }
    });
  }
}
