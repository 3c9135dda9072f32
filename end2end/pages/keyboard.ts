import { expect, type Locator, type Page } from '@playwright/test';

/** Moves the focus with the keyboard and checks that it is visible. */
export async function tabTo(page: Page, target: Locator, key = 'Tab'): Promise<void> {
  for (let tries = 0; tries < 60; tries += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) {
      const outline = await target.evaluate((element) => {
        const { outlineStyle, boxShadow } = getComputedStyle(element);
        return outlineStyle !== 'none' || boxShadow !== 'none';
      });
      expect(outline, 'the focus is visible').toBe(true);
      return;
    }
    await page.keyboard.press(key);
  }
  throw new Error(`${String(target)} is not reached by ${key}`);
}

/** Reaches a field with Tab and types. */
export async function typeInto(page: Page, target: Locator, text: string): Promise<void> {
  await target.waitFor();
  await tabTo(page, target);
  // A field reached with Tab has its content selected, so typing replaces it.
  await page.keyboard.type(text);
  await expect(target).toHaveValue(text);
}
