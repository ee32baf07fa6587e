import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";

import { demoAccount } from "../fixtures/people.ts";
import { expect, hydrated, test } from "../fixtures/test.ts";

const folder = resolve(process.env["COLLECTIEF_SCREENSHOTS"] ?? join(import.meta.dirname, "../../docs/screenshots"));

test.use({ contents: "demo" });

for (const theme of ["light", "dark"] as const) {
  for (const width of [1280, 320]) {
    test(`the pages of the README, ${theme}, ${width} px`, { tag: "@screenshots" }, async ({ page, signIn }) => {
      mkdirSync(folder, { recursive: true });
      await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
      await page.setViewportSize({ width, height: width === 320 ? 640 : 800 });
      await signIn(demoAccount);
      const take = async (name: string, path: string): Promise<void> => {
        await page.goto(path);
        await hydrated(page);
        await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
        await page.screenshot({ path: join(folder, `${name}-${theme}-${width}.png`) });
      };
      await take("list", "/deelnemers?contract=23595");
      const person = await page.getByRole("main").getByRole("rowheader").getByRole("link").first().getAttribute("href");
      await take("deregister", `${person ?? ""}/afmelden`);
      await take("flow", "/in-en-uitstroom?contract=23595&van=2026-01&tot=2026-10");
      await take("usage", "/contractgebruik?contract=23595");
      await take("queue", "/valideren?contract=23595");
    });
  }
}
