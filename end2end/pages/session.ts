import { expect, type Locator, type Page } from "@playwright/test";

import type { Account } from "../fixtures/people.ts";
import { hydrated } from "../fixtures/test.ts";

/** The dialog over a page whose session ended, and what was being typed there. */
export interface EndedSession {
  dialog: Locator;
  /** Fills in the password in the dialog. */
  typePassword: (account: Account, password?: string) => Promise<void>;
  /** The dialog is gone, what was typed is still there, and the page knows who is signed in. */
  expectBack: (account: Account) => Promise<void>;
}

/** Lets the session end while something is half typed in the list. The clock of the page must be installed. */
export async function endSessionWhileTyping(page: Page): Promise<EndedSession> {
  await page.goto("/deelnemers?contract=30001");
  await hydrated(page);
  const field = page.getByRole("main").getByRole("search").getByLabel("Achternaam");
  await field.fill("half getypt");
  await page.context().clearCookies();
  await page.clock.fastForward("31:00");
  const dialog = page.getByRole("dialog", { name: "U bent uitgelogd" });
  await expect(dialog).toBeVisible();
  return {
    dialog,
    typePassword: async (account, password = account.password) => {
      await dialog.getByLabel("E-mailadres").fill(account.email);
      await dialog.getByLabel("Wachtwoord").fill(password);
      await dialog.getByRole("button", { name: "Inloggen" }).click();
    },
    expectBack: async (account) => {
      await expect(dialog).toBeHidden();
      await expect(field).toHaveValue("half getypt");
      await page.reload();
      await expect(page.getByRole("banner").getByText(account.name)).toBeVisible();
    },
  };
}
