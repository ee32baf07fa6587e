import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { accounts, hostileNames, people, shown } from "../../fixtures/people.ts";
import { expect, test } from "../../fixtures/test.ts";

/** `cargo xtask test` says where it is. */
const office = process.env["LIBREOFFICE"] ?? "soffice";

test.setTimeout(180_000);

/** What LibreOffice shows of a workbook, as CSV. */
function opened(file: Buffer, name: string): string {
  const folder = mkdtempSync(join(tmpdir(), "collectief-office-"));
  try {
    const workbook = join(folder, `${name}.xlsx`);
    execFileSync("tee", [workbook], { input: file, stdio: ["pipe", "ignore", "inherit"] });
    execFileSync(
      office,
      [`-env:UserInstallation=file://${folder}/profile`, "--headless", "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76", "--outdir", folder, workbook],
      { stdio: ["ignore", "ignore", "inherit"], timeout: 150_000 },
    );
    return readFileSync(join(folder, `${name}.csv`), "utf8");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test("a spreadsheet shows dates as dates, numbers whole, and runs nothing", async ({ page, signIn }) => {
  await signIn(accounts.hr);
  const list = await page.context().request.get(`/deelnemers.xlsx?contract=30001&relatienummer=${people.doubleName.relation_number}`);
  const text = opened(await list.body(), "lijst");
  expect(text).toContain(shown(people.doubleName.birth_date));
  expect(text).toContain(people.doubleName.personnel_number);
  await page.context().clearCookies();
  await signIn(accounts.payload);
  const hostile = opened(await (await page.context().request.get("/deelnemers.xlsx?contract=30004")).body(), "namen");
  for (const name of hostileNames) expect(hostile).toContain(name.replaceAll('"', '""'));
  expect(hostile).not.toMatch(/#NAME|#NAAM|Err:\d/);
});
