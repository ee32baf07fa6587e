import { expectUsable, languages, themes } from "../../fixtures/accessibility.ts";
import { test } from "../../fixtures/broker.ts";
import { expect, hydrated } from "../../fixtures/test.ts";

test.setTimeout(240_000);

const reasons = ["gestopt", "verlopen", "niveau", "organisatie", "geblokkeerd", "mislukt", "storing", "te-vaak"];

for (const language of languages) {
  for (const theme of themes) {
    test(`the pages of eHerkenning are accessible in ${language}, ${theme}`, async ({ page, open, guard }) => {
      guard.allow(/\b(4\d\d|503)\b/);
      await page.emulateMedia({ colorScheme: theme });
      await open("/inloggen");
      if (language === "en") await page.getByRole("button", { name: "English" }).click();
      await hydrated(page);
      await expect(page.locator("html")).toHaveAttribute("lang", language);
      await expectUsable(page, "signing in, with the button");
      for (const reason of reasons) {
        await open(`/inloggen/eherkenning?reden=${reason}`);
        await expect(page.getByRole("alert")).not.toBeEmpty();
        await expectUsable(page, reason);
      }
      for (const path of ["/inloggen/eherkenning/koppelen", `/eherkenning-koppelen/${"A".repeat(43)}`]) {
        await open(path);
        await expectUsable(page, path);
      }
    });
  }
}
