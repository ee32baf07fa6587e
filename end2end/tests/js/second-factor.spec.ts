import { expectUsableInBothThemes } from "../../fixtures/accessibility.ts";
import { accounts } from "../../fixtures/people.ts";
import { expect, hydrated, setUpSecondStep, test, typePassword } from "../../fixtures/test.ts";
import { endSessionWhileTyping } from "../../pages/session.ts";

const { hr } = accounts;
const own = "/mijn-gegevens/tweede-stap";

test.use({ changesData: true });
test.setTimeout(180_000);

test("the pages on which a second step is set up are accessible", async ({ page, signIn, guard }) => {
  guard.allow(/422/);
  await signIn(hr, own);
  await expectUsableInBothThemes(page, "off");
  await page.getByRole("button", { name: "App instellen" }).click();
  await hydrated(page);
  await expectUsableInBothThemes(page, "setting up");
  await page.getByRole("button", { name: "Aanzetten" }).click();
  await hydrated(page);
  await expectUsableInBothThemes(page, "setting up with errors");
  await page.goto(own);
  await hydrated(page);
  await setUpSecondStep(page, hr);
  await expectUsableInBothThemes(page, "recovery codes");
});

test("the pages that ask the second step, and turn it off, are accessible", async ({ page, signIn, guard }) => {
  guard.allow(/422/);
  await signIn(hr, own);
  await setUpSecondStep(page, hr);
  await page.goto(own);
  await hydrated(page);
  await page.getByText("Nieuwe herstelcodes maken").click();
  await page.getByText("Tweede stap uitzetten").click();
  await expectUsableInBothThemes(page, "on");
  await page.getByRole("button", { name: "English" }).click();
  await hydrated(page);
  await expectUsableInBothThemes(page, "on, in English");
  await page.goto("/accountbeheer/tweede-stap");
  await hydrated(page);
  await expectUsableInBothThemes(page, "which employers ask it");
  await page.getByRole("button", { name: "Nederlands" }).click();
  await hydrated(page);
  await page.getByRole("button", { name: "Uitloggen" }).click();
  await page.goto("/inloggen");
  await hydrated(page);
  await typePassword(page, hr.email, hr.password);
  await page.getByText("Ik heb mijn app niet bij me").click();
  await expectUsableInBothThemes(page, "the second step");
  await page.getByRole("button", { name: "Inloggen", exact: true }).click();
  await hydrated(page);
  await expectUsableInBothThemes(page, "the second step with errors");
});

test("over a page one signs in again with the code, and loses nothing", async ({ page, signIn }) => {
  await signIn(hr, own);
  const { phone } = await setUpSecondStep(page, hr);
  await page.clock.install();
  const { dialog, typePassword: typeInDialog, expectBack } = await endSessionWhileTyping(page);
  await typeInDialog(hr);
  const code = dialog.getByLabel("Code", { exact: true });
  await code.fill("000000");
  await dialog.getByRole("button", { name: "Inloggen" }).click();
  await expect(dialog.getByText(/Deze code klopt niet/)).toBeVisible();
  await code.fill(phone.next());
  await dialog.getByRole("button", { name: "Inloggen" }).click();
  await expectBack(hr);
});
