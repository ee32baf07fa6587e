import { readFileSync } from "node:fs";

import type { Page } from "@playwright/test";

import { expect, test } from "../../fixtures/test.ts";
import { accounts, currentOfFirstContract, hostileNames, people } from "../../fixtures/people.ts";
import { dateOf, readWorkbook, type Sheet } from "../../fixtures/xlsx.ts";

async function fetched(page: Page, path: string): Promise<Buffer> {
  const answer = await page.context().request.get(path);
  expect(answer.status(), path).toBe(200);
  expect(answer.headers()["content-disposition"]).toMatch(/^attachment/);
  expect(answer.headers()["cache-control"]).toContain("no-store");
  return answer.body();
}

function column(sheet: Sheet, title: string): number {
  const place = sheet.rows[0]?.findIndex((cell) => cell?.value === title) ?? -1;
  expect(place, `the column ${title}`).toBeGreaterThanOrEqual(0);
  return place;
}

/** The records of a CSV file; the separator is the one that its first line uses. */
function readCsv(text: string): string[][] {
  const plain = text.replace(/^\uFEFF/, "");
  const separator = plain.split("\n", 1)[0]?.includes(";") ? ";" : ",";
  const records: string[][] = [[]];
  let field = "";
  let quoted = false;
  for (let at = 0; at < plain.length; at += 1) {
    const letter = plain[at];
    if (quoted && letter === '"' && plain[at + 1] === '"') {
      field += '"';
      at += 1;
    } else if (letter === '"') quoted = !quoted;
    else if (!quoted && (letter === separator || letter === "\n")) {
      records.at(-1)?.push(field.replace(/\r$/, ""));
      field = "";
      if (letter === "\n") records.push([]);
    } else field += letter;
  }
  if (field !== "") records.at(-1)?.push(field);
  return records.filter((record) => record.length > 0);
}

test("the whole list as Excel: real dates, leading zeros, a frozen header, widths", async ({ page, signIn }) => {
  await signIn(accounts.hr, "/deelnemers?contract=30001");
  const coming = page.waitForEvent("download");
  await page.getByRole("link", { name: /Download volledige lijst/ }).first().click();
  const download = await coming;
  expect(download.suggestedFilename()).toMatch(/\.xlsx$/);
  const sheet = readWorkbook(readFileSync(await download.path()));
  expect(sheet.rows).toHaveLength(currentOfFirstContract + 1);
  expect(sheet.frozenHeader).toBe(true);
  expect(sheet.hasWidths).toBe(true);
  const row = sheet.rows.find((cells) => cells.some((cell) => cell?.value === people.doubleName.relation_number));
  expect(row?.[column(sheet, "Personeelsnummer")]).toMatchObject({ kind: "text", value: "001234" });
  expect(row?.[column(sheet, "Volledige naam")]?.value).toBe("J.A. Jansen-van de Ven");
  const born = row?.[column(sheet, "Geboortedatum")];
  expect(born?.kind).toBe("number");
  expect(dateOf(born?.value ?? "")).toBe(people.doubleName.birth_date);
  expect(born?.format).toMatch(/d.*m.*y|^14$/i);
  expect(sheet.rows.flat().some((cell) => cell?.kind === "formula")).toBe(false);
});

test("what the filter shows is what is downloaded", async ({ page, signIn }) => {
  await signIn(accounts.hr, "/deelnemers?contract=30001&achternaam=drieluik");
  const sheet = readWorkbook(await fetched(page, "/deelnemers.xlsx?contract=30001&achternaam=drieluik"));
  expect(sheet.rows.slice(1).map((row) => row[column(sheet, "Volledige naam")]?.value)).toEqual([
    "A. Drieluik",
    "B. Drieluik",
    "C. Drieluik",
  ]);
  const records = readCsv((await fetched(page, "/deelnemers.csv?contract=30001&achternaam=drieluik")).toString("utf8"));
  expect(records).toHaveLength(4);
});

test("former participants, inflow and outflow, and usage can be downloaded in both forms", async ({ page, signIn }) => {
  await signIn(accounts.hr, "/");
  for (const path of [
    "/oud-deelnemers.xlsx?contract=30001",
    "/in-en-uitstroom.xlsx?contract=30001&van=2026-01&tot=2026-12",
    "/contractgebruik.xlsx?contract=30001",
  ]) {
    expect(readWorkbook(await fetched(page, path)).rows.length, path).toBeGreaterThan(1);
    const csv = path.replace(".xlsx", ".csv");
    expect(readCsv((await fetched(page, csv)).toString("utf8")).length, csv).toBeGreaterThan(1);
  }
});

// asvs = "1.2.10"
test("no cell is run as a formula", async ({ page, signIn }) => {
  await signIn(accounts.payload, "/");
  const sheet = readWorkbook(await fetched(page, "/deelnemers.xlsx?contract=30004"));
  expect(sheet.rows).toHaveLength(hostileNames.length + 1);
  for (const cell of sheet.rows.flat()) expect(cell?.kind).not.toBe("formula");
  const records = readCsv((await fetched(page, "/deelnemers.csv?contract=30004")).toString("utf8"));
  expect(records).toHaveLength(hostileNames.length + 1);
  for (const value of records.flat()) expect(value).not.toMatch(/^[=+@\t\r]|^-./);
});

test("another employer's list is not there to download", async ({ page, signIn }) => {
  await signIn(accounts.hr, "/");
  for (const path of ["/deelnemers.xlsx?contract=30003", "/in-en-uitstroom.csv?contract=30003&van=2026-01&tot=2026-02"]) {
    expect((await page.context().request.get(path)).status(), path).toBe(404);
  }
  await page.context().clearCookies();
  const signedOut = await page.context().request.get("/deelnemers.xlsx?contract=30001", { maxRedirects: 0 });
  expect([302, 303, 307, 401]).toContain(signedOut.status());
});
