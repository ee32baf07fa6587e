import { expect, test } from "../../fixtures/test.ts";
import {
  accounts,
  currentOfFirstContract,
  demoAccount,
  dependantsOfFirstContract,
  people,
  shown,
} from "../../fixtures/people.ts";
import { expectCount, names, rowOf, rows, search } from "../../pages/list.ts";

test.describe("Huidige deelnemers", () => {
  test.beforeEach(async ({ signIn }) => signIn(accounts.hr, "/deelnemers?contract=30001"));

  test("shows whom it lists, how many, and the first page", async ({ page }) => {
    await expect(page.getByRole("heading", { level: 1, name: "Huidige deelnemers" })).toBeVisible();
    await expectCount(page, currentOfFirstContract);
    await expect(rows(page)).toHaveCount(25);
    for (const column of [
      "Contract",
      "Volledige naam",
      "BSN",
      "Relatienummer",
      "Geboortedatum",
      "Geslacht",
      "Ingangsdatum",
      "Einddatum",
      "Personeelsnummer",
    ]) {
      await expect(page.locator("thead th").filter({ hasText: column })).toBeAttached();
    }
  });

  const { doubleName, partnerFirst, longIj, strokes, accents, apostrophe } = people;
  const found: [string, string, string][] = [
    ["ven", "Jansen-van de Ven", doubleName.relation_number],
    ["van de ven", "Jansen-van de Ven", doubleName.relation_number],
    ["jansen ven", "Jansen-van de Ven", doubleName.relation_number],
    ["Jansen-van de Ven", "Jansen-van de Ven", doubleName.relation_number],
    ["VEN ja j", "Jansen-van de Ven", doubleName.relation_number],
    ["Aalbers", "Aalbers-Somers", partnerFirst.relation_number],
    ["somers", "Aalbers-Somers", partnerFirst.relation_number],
    ["ysbrandy", "IJsbrandij", longIj.relation_number],
    ["ijsbrandij", "IJsbrandij", longIj.relation_number],
    ["ĳsbrand", "IJsbrandij", longIj.relation_number],
    ["orsted", "Ørsted", strokes.relation_number],
    ["weiss", "Ørsted", strokes.relation_number],
    ["lukaszewicz", "Łukaszewiçz", accents.relation_number],
    ["van t hart", "Hart", apostrophe.relation_number],
    ["van 't Hart", "Hart", apostrophe.relation_number],
  ];
  for (const [typed, name, relationNumber] of found) {
    test(`the name ${typed} finds ${name}`, async ({ page }) => {
      await search(page, { Achternaam: typed });
      await expect(rows(page).filter({ hasText: relationNumber })).toHaveCount(1);
      await expect(rows(page).first()).toContainText(name);
      expect(new URL(page.url()).searchParams.get("achternaam")).toBe(typed);
    });
  }

  const fields: [string, string][] = [
    ["Relatienummer", doubleName.relation_number],
    ["Personeelsnummer", doubleName.personnel_number],
    ["Geboortedatum", "29-2-1984"],
    ["Geboortedatum", "29021984"],
    ["Geboortedatum", "1984-02-29"],
  ];
  for (const [field, value] of fields) {
    test(`${field} ${value} finds one participant`, async ({ page }) => {
      await search(page, { [field]: value });
      await expectCount(page, 1);
      await expect(rowOf(page, "J.A. Jansen-van de Ven")).toContainText(shown(doubleName.birth_date));
    });
  }

  for (const typed of ["29-02-1984", doubleName.relation_number, doubleName.personnel_number, "jansen ven"]) {
    test(`the free field understands ${typed}`, async ({ page }) => {
      const field = page.getByRole("banner").locator("[name=zoek]");
      await field.fill(typed);
      await field.press("Enter");
      await expect(page.getByRole("main")).toContainText("J.A. Jansen-van de Ven");
      await expect(page.getByRole("main")).toContainText(doubleName.relation_number);
    });
  }

  for (const where of ["its own field", "the free field"]) {
    // asvs = "14.2.1"
    test(`a BSN in ${where} is found, and stands in no address`, async ({ page, guard }) => {
      const field = page.locator(where === "its own field" ? "main [name=bsn]" : "header [name=zoek]");
      await field.fill(doubleName.bsn);
      await field.press("Enter");
      await expect(page.getByRole("main").locator("h1, tbody").filter({ hasText: "J.A. Jansen-van de Ven" })).toBeVisible();
      for (const address of [page.url(), ...guard.addresses]) {
        expect(decodeURIComponent(address)).not.toContain(doubleName.bsn);
      }
    });
  }

  test("a search can be shared, and Back and Forward walk through searches", async ({ page }) => {
    await search(page, { Achternaam: "boer" });
    await expectCount(page, 3);
    await search(page, { Achternaam: "drieluik" });
    await expect(rowOf(page, "A. Drieluik")).toBeVisible();
    const shared = page.url();
    await page.goBack();
    await expect(rowOf(page, "H. de Boer")).toBeVisible();
    await expect(page.getByRole("main").getByRole("search").getByLabel("Achternaam")).toHaveValue("boer");
    await page.goForward();
    await expect(rowOf(page, "A. Drieluik")).toBeVisible();
    await page.goto(shared);
    await expectCount(page, 3);
    await expect(page.getByRole("main").getByRole("search").getByLabel("Achternaam")).toHaveValue("drieluik");
  });

  test("pages follow each other without a gap, and can be longer", async ({ page }) => {
    const first = await names(page);
    await page.getByRole("link", { name: "Volgende" }).click();
    await expect(page).toHaveURL(/pagina=2/);
    await expect.poll(() => names(page)).not.toEqual(first);
    const second = await names(page);
    expect(second).toHaveLength(25);
    await page.goto("/deelnemers?contract=30001&rijen=50");
    expect(await names(page)).toEqual([...first, ...second]);
    await page.goto("/deelnemers?contract=30001&rijen=100&pagina=2");
    await expect(rows(page)).toHaveCount(currentOfFirstContract - 100);
  });

  test("every column sorts both ways", async ({ page }) => {
    // Wide enough for all columns.
    await page.setViewportSize({ width: 1920, height: 900 });
    const main = page.getByRole("main");
    for (const [column, key] of [
      ["Geboortedatum", "geboortedatum"],
      ["Ingangsdatum", "ingangsdatum"],
      ["Relatienummer", "relatienummer"],
      ["Personeelsnummer", "personeelsnummer"],
      ["Einddatum", "einddatum"],
      ["Geslacht", "geslacht"],
      ["Volledige naam", "naam"],
    ] as const) {
      const header = main.getByRole("columnheader", { name: column });
      await header.getByRole("link").click();
      await expect(header).toHaveAttribute("aria-sort", /ascending|descending/);
      const before = await names(page);
      const way = await header.getAttribute("aria-sort");
      await header.getByRole("link").click();
      await expect(header).toHaveAttribute("aria-sort", way === "ascending" ? "descending" : "ascending");
      if (column !== "Geslacht") await expect.poll(() => names(page), key).not.toEqual(before);
    }
  });

  test("sorting by birth date puts the oldest first", async ({ page }) => {
    await page.goto("/deelnemers?contract=30001&sorteer=geboortedatum");
    const years = await rows(page).evaluateAll((all) =>
      all.map((row) => /\d\d-\d\d-(\d{4})/.exec(row.textContent ?? "")?.[1] ?? ""),
    );
    expect(years).toEqual([...years].sort());
  });

  test("dependants can be left out and shown again", async ({ page }) => {
    await page.getByRole("link", { name: "Toon alle hoofdverzekerden" }).click();
    await expectCount(page, currentOfFirstContract - dependantsOfFirstContract);
    await page.getByRole("link", { name: "Alle verzekeringen tonen" }).click();
    await expectCount(page, currentOfFirstContract);
  });

  test("a near miss is offered when nobody was found", async ({ page }) => {
    await search(page, { Achternaam: "Eenlinq" });
    await expectCount(page, 0);
    await expect(page.getByText(/bedoelde u/i)).toBeVisible();
    await page.getByRole("main").getByRole("link", { name: /eenling/i }).click();
    await expect(rowOf(page, "A. Eenling")).toBeVisible();
  });

  test("what cannot be a date is told at the field, and what was typed stays", async ({ page, guard }) => {
    guard.allow(/\b4\d\d\b/);
    await search(page, { Geboortedatum: "31-02-1984", Achternaam: "ven" });
    const field = page.getByRole("main").getByRole("search").getByLabel("Geboortedatum");
    await expect(field).toHaveAttribute("aria-invalid", "true");
    await expect(field).toHaveValue("31-02-1984");
    await expect(page.getByRole("main").getByRole("search").getByLabel("Achternaam")).toHaveValue("ven");
    await expect(page.getByRole("alert").getByRole("link").first()).toBeVisible();
    await expect(page).toHaveTitle(/^Fout:/);
  });

  test("an open end is a dash, and a foreign participant is not found by anything", async ({ page }) => {
    await search(page, { Relatienummer: people.single.relation_number });
    await expect(rowOf(page, "A. Eenling").getByRole("cell", { name: "-", exact: true })).toHaveCount(1);
    await page.goto("/deelnemers?contract=alle&relatienummer=5000050");
    await expectCount(page, 0);
    await page.goto("/deelnemers?contract=alle&achternaam=vreemdeling");
    await expectCount(page, 0);
  });

  test("all contracts together hold both", async ({ page }) => {
    await page.goto("/deelnemers?contract=alle");
    await expectCount(page, currentOfFirstContract + 1);
    await page.goto("/deelnemers?contract=alle&achternaam=tweedecontract");
    await expect(rowOf(page, "W. Tweedecontract")).toContainText("30002");
  });

  test("another employer's contract answers like one that does not exist", async ({ page, guard }) => {
    guard.allow(/404/);
    const foreign = await page.goto("/deelnemers?contract=30003");
    const foreignText = await page.getByRole("main").innerText();
    const unknown = await page.goto("/deelnemers?contract=99999");
    expect(foreign?.status()).toBe(unknown?.status());
    const withoutNumbers = (text: string): string => text.replace(/[0-9a-z-]{8,}|30003|99999/gi, "");
    expect(withoutNumbers(await page.getByRole("main").innerText())).toBe(withoutNumbers(foreignText));
    await expect(page.getByText("Vreemdeling")).toHaveCount(0);
  });
});

test.describe("Oud-deelnemers", () => {
  test.beforeEach(async ({ signIn }) => signIn(accounts.hr, "/oud-deelnemers?contract=30001"));

  test("shows those who left, with the reason, and the same search", async ({ page }) => {
    await expect(page.getByRole("heading", { level: 1, name: "Oud-deelnemers" })).toBeVisible();
    await expectCount(page, 1);
    await expect(rows(page).first()).toContainText("O. Oudman");
    await expect(rows(page).first()).toContainText("30-09-2026");
    await expect(rows(page).first()).toContainText("Einde dienstverband OBU");
    await search(page, { Achternaam: "boer" });
    await expectCount(page, 0);
  });
});

test.describe("the demonstration", () => {
  test.use({ contents: "demo" });

  test("its first contract has the 2967 participants of the manual", async ({ page, signIn }) => {
    await signIn(demoAccount, "/deelnemers?contract=23595");
    await expectCount(page, 2967);
  });
});
