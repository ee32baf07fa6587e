import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { asks, enrol, fill, next } from "../../fixtures/enrolling.ts";
import { demoAccount, inventedBsn } from "../../fixtures/people.ts";
import { expect, hydrated, test } from "../../fixtures/test.ts";

// From an employee's phone to the employer's list, on a slow phone with a slow connection. Where a folder for pictures is
// named, the steps that one sees are kept there.
test.use({ contents: "demo", changesData: true, viewport: { width: 320, height: 640 } });
test.setTimeout(180_000);

const pictures = process.env["COLLECTIEF_SCREENSHOTS"];

test("an enrolment from a slow phone is in the employer's list", { tag: "@screenshots" }, async ({
  page,
  open,
  portal,
  signIn,
}) => {
  const take = async (name: string): Promise<void> => {
    if (!pictures) return;
    mkdirSync(pictures, { recursive: true });
    await page.screenshot({ path: join(pictures, `phone-${name}.png`) });
  };
  const phone = await page.context().newCDPSession(page);
  await phone.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  // What Lighthouse calls slow 4G.
  await phone.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 150,
    downloadThroughput: (1_600 * 1_024) / 8,
    uploadThroughput: (750 * 1_024) / 8,
  });

  const email = "traag@werknemer.example";
  await open("/aanmelden/23595");
  await take("1-begin");
  await enrol(page, open, { surname: "Traagstra", bsn: inventedBsn(9301), email });
  await take("2-check");
  await next(page, "Versturen");
  await asks(page, "U bent er bijna: bevestig uw e-mailadres");
  await take("3-sent");
  const link = await portal.mailedLink(email);
  await open(link);
  await next(page, "Bevestig mijn e-mailadres en verstuur");
  await asks(page, "De aanmelding wacht op de werkgever");
  await take("4-waits");

  // The employer sits at a desk.
  await phone.send("Emulation.setCPUThrottlingRate", { rate: 1 });
  await phone.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: -1,
  });
  await page.setViewportSize({ width: 1280, height: 800 });
  await signIn(demoAccount, "/valideren?naam=traagstra");
  await take("5-queue");
  await page.getByRole("main").getByRole("link", { name: "E. Traagstra" }).click();
  await hydrated(page);
  await fill(page, { Personeelsnummer: "DL-9301" });
  await take("6-decide");
  await next(page, "Goedkeuren");
  await expect(page.getByRole("status").getByText("E. Traagstra is goedgekeurd")).toBeVisible();
  await open("/deelnemers?contract=23595&achternaam=traagstra");
  await expect(page.getByRole("main").getByRole("rowheader").getByRole("link", { name: "E. Traagstra" })).toBeVisible();
  await expect(page.getByRole("main").getByText("01-12-2026")).toBeVisible();
  await take("7-list");
  await page.setViewportSize({ width: 320, height: 640 });
  await open(link);
  await asks(page, "De aanmelding is verwerkt");
  await take("8-done");
});
