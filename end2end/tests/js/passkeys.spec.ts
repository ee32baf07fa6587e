import type { CDPSession, Page } from "@playwright/test";

import { expectAccessible, expectUsableInBothThemes } from "../../fixtures/accessibility.ts";
import { accounts } from "../../fixtures/people.ts";
import { expect, hydrated, setUpSecondStep, test } from "../../fixtures/test.ts";
import { endSessionWhileTyping } from "../../pages/session.ts";

const { hr } = accounts;
const own = "/mijn-gegevens/tweede-stap";

test.use({ changesData: true });

/** A device with a fingerprint reader, which Chromium plays; its owner touches it at once. */
class Device {
  private constructor(
    private readonly browser: CDPSession,
    private readonly id: string,
  ) {}

  static async of(page: Page): Promise<Device> {
    const browser = await page.context().newCDPSession(page);
    await browser.send("WebAuthn.enable");
    const { authenticatorId } = await browser.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2",
        transport: "internal",
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    return new Device(browser, authenticatorId);
  }

  /** Whether it recognises its owner from now on. */
  async recognises(isUserVerified: boolean): Promise<void> {
    await this.browser.send("WebAuthn.setUserVerified", { authenticatorId: this.id, isUserVerified });
  }

  async passkeys(): Promise<number> {
    const { credentials } = await this.browser.send("WebAuthn.getCredentials", { authenticatorId: this.id });
    return credentials.length;
  }
}

const dutch = {
  add: "Passkey toevoegen",
  name: "Naam van de passkey",
  password: "Uw wachtwoord",
  next: "Verder",
  make: "Maak de passkey",
  isOn: "De tweede stap staat aan",
  kept: "Ik heb de codes bewaard",
  unused: /nog niet gebruikt/,
  used: /laatst gebruikt op/,
  signOut: "Uitloggen",
  email: "E-mailadres",
  signIn: "Inloggen",
  use: "Gebruik een passkey",
  cancelled: "Dat is niet gelukt. U kunt het opnieuw proberen.",
  remove: "Passkey verwijderen",
  prove: "Bevestig met een passkey",
  removed: "De tweede stap staat uit",
};

const english: typeof dutch = {
  add: "Add a passkey",
  name: "Name of the passkey",
  password: "Your password",
  next: "Continue",
  make: "Make the passkey",
  isOn: "The second step is on",
  kept: "I have kept the codes",
  unused: /not used yet/,
  used: /last used on/,
  signOut: "Sign out",
  email: "E-mail address",
  signIn: "Sign in",
  use: "Use a passkey",
  cancelled: "That did not work. You can try again.",
  remove: "Remove a passkey",
  prove: "Confirm with a passkey",
  removed: "The second step is off",
};

/** Adds a passkey to an account that has no second step yet; answers the recovery codes. */
async function addFirst(page: Page, t: typeof dutch, name: string): Promise<string[]> {
  await page.getByText(t.add, { exact: true }).click();
  await page.getByLabel(t.name).fill(name);
  await page.getByLabel(t.password).fill(hr.password);
  await page.getByRole("button", { name: t.next, exact: true }).click();
  await hydrated(page);
  await page.getByRole("button", { name: t.make }).click();
  await expect(page.getByRole("status").getByText(t.isOn)).toBeVisible();
  await hydrated(page);
  const codes = await page.locator(".codes code").allInnerTexts();
  expect(codes).toHaveLength(10);
  return codes;
}

async function inEnglish(page: Page): Promise<void> {
  await page.getByRole("button", { name: "English" }).click();
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await hydrated(page);
}

async function password(page: Page, t: typeof dutch): Promise<void> {
  await page.goto("/inloggen");
  await hydrated(page);
  // Signing out leaves nothing in the browser, the language neither.
  if (t === english) await inEnglish(page);
  await page.getByLabel(t.email).fill(hr.email);
  await page.getByRole("textbox", { name: /^(Wachtwoord|Password)$/ }).fill(hr.password);
  await page.getByRole("button", { name: t.signIn, exact: true }).click();
  await expect(page.getByRole("button", { name: t.use })).toBeVisible();
  await hydrated(page);
}

for (const [language, t] of [
  ["Dutch", dutch],
  ["English", english],
] as const) {
  // asvs = "6.3.3"
  test(`a passkey is added, used and removed, in ${language}`, async ({ page, signIn }) => {
    test.setTimeout(180_000);
    const device = await Device.of(page);
    await signIn(hr, own);
    if (t === english) await inEnglish(page);
    await page.getByText(t.add, { exact: true }).click();
    await expectUsableInBothThemes(page, "adding one");
    await page.getByText(t.add, { exact: true }).click();
    await addFirst(page, t, "Sleutel van Hanna");
    expect(await device.passkeys()).toBe(1);
    await expectUsableInBothThemes(page, "recovery codes");
    await page.getByRole("link", { name: t.kept }).click();
    await hydrated(page);
    await expect(page.getByRole("listitem").filter({ hasText: "Sleutel van Hanna" })).toContainText(t.unused);
    await page.getByText(t.remove, { exact: true }).click();
    await expectUsableInBothThemes(page, "with one");
    await page.getByRole("button", { name: t.signOut }).click();

    await password(page, t);
    await expect(page.getByText(/JavaScript/)).toBeHidden();
    await expectUsableInBothThemes(page, "the second step");
    await page.getByRole("button", { name: t.use }).click();
    await expect(page.getByRole("banner").getByText(hr.name)).toBeVisible();
    await expect(page).toHaveURL("/");

    await page.goto(own);
    await hydrated(page);
    await expect(page.getByRole("listitem").filter({ hasText: "Sleutel van Hanna" })).toContainText(t.used);
    await page.getByText(t.remove, { exact: true }).click();
    const form = page.locator("details", { hasText: t.remove }).last();
    await form.getByLabel(t.password).fill(hr.password);
    await form.getByRole("button", { name: t.prove }).click();
    await expect(page.getByRole("status").getByText(t.removed)).toBeVisible();
  });
}

// asvs = "6.3.3, 6.6.3"
test("a device that does not recognise its owner lets nobody in, and a recovery code does", async ({ page, signIn }) => {
  const device = await Device.of(page);
  await signIn(hr, own);
  const codes = await addFirst(page, dutch, "Telefoon");
  await page.getByRole("button", { name: "Uitloggen" }).click();
  await password(page, dutch);
  await device.recognises(false);
  await page.getByRole("button", { name: dutch.use }).click();
  await expect(page.getByRole("alert").getByText(dutch.cancelled)).toBeVisible();
  await expectUsableInBothThemes(page, "the second step, refused by the device");
  await page.getByText("Ik kan mijn passkey niet gebruiken").click();
  await page.getByLabel("Herstelcode", { exact: true }).fill(codes[0] ?? "");
  await page.getByRole("button", { name: "Inloggen met herstelcode" }).click();
  await expect(page.getByRole("banner").getByText(hr.name)).toBeVisible();
});

test("a device keeps one passkey for an account, and another device another", async ({ page, signIn }) => {
  const device = await Device.of(page);
  await signIn(hr, own);
  const { phone } = await setUpSecondStep(page, hr);
  for (const expected of [1, 1]) {
    await page.goto(own);
    await hydrated(page);
    await page.getByText(dutch.add, { exact: true }).click();
    const form = page.locator("details", { hasText: dutch.add });
    await form.getByLabel(dutch.name).fill("Telefoon");
    await form.getByLabel(dutch.password).fill(hr.password);
    await form.getByLabel("Code", { exact: true }).fill(phone.next());
    await form.getByRole("button", { name: dutch.next, exact: true }).click();
    await hydrated(page);
    await page.getByRole("button", { name: dutch.make }).click();
    const done = page.getByRole("status").getByText("De passkey is toegevoegd");
    await expect(done.or(page.getByText("Op dit apparaat staat al een passkey voor uw account."))).toBeVisible();
    expect(await device.passkeys()).toBe(expected);
  }
  await page.goto(own);
  await expect(page.getByRole("listitem").filter({ hasText: "Telefoon" })).toHaveCount(1);
});

test("a browser without passkeys says so", async ({ page, signIn }) => {
  await page.addInitScript(() => Reflect.deleteProperty(globalThis, "PublicKeyCredential"));
  await signIn(hr, own);
  await page.getByText(dutch.add, { exact: true }).click();
  await page.getByLabel(dutch.name).fill("Telefoon");
  await page.getByLabel(dutch.password).fill(hr.password);
  await page.getByRole("button", { name: dutch.next, exact: true }).click();
  await hydrated(page);
  await page.getByRole("button", { name: dutch.make }).click();
  await expect(page.getByRole("alert").getByText("Deze browser kan geen passkeys gebruiken.")).toBeVisible();
});

// asvs = "6.3.4"
test("over a page one signs in again with the passkey, and loses nothing", async ({ page, signIn }) => {
  await Device.of(page);
  await signIn(hr, own);
  await addFirst(page, dutch, "Telefoon");
  await page.clock.install();
  const { dialog, typePassword: typeInDialog, expectBack } = await endSessionWhileTyping(page);
  await typeInDialog(hr);
  await expect(dialog.getByRole("button", { name: dutch.use })).toBeVisible();
  await expectAccessible(page, "the dialog with a passkey");
  await dialog.getByRole("button", { name: dutch.use }).click();
  await expectBack(hr);
});
