import axe, { type AxeResults } from 'axe-core';
import { expect, type Page, type TestInfo } from '@playwright/test';

/** Fails with axe's findings (WCAG 2.2 A and AA, and its best practices). */
export async function expectAccessible(page: Page, what: string): Promise<void> {
  const violations = await violationsOf(page);
  const findings = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(' ')}`);
  expect.soft(findings, `axe: ${what}`).toEqual([]);
}

/**
 * Returns axe's findings in a page without its frames, which contain mail: in frames without
 * scripts axe waits forever.
 */
async function violationsOf(page: Page): Promise<AxeResults['violations']> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  return page.evaluate(`axe.run({ iframes: false, resultTypes: ['violations'] }).then(({ violations }) => violations)`);
}

/**
 * Checks a page in every way it can be displayed: narrow and wide, light and dark. Content must fit
 * into the window and axe must find nothing. Screenshots are stored with the test results.
 */
export async function expectPresentable(page: Page, testInfo: TestInfo, name: string): Promise<void> {
  for (const width of [360, 1280]) {
    for (const colorScheme of ['light', 'dark'] as const) {
      const what = `${name}-${width}-${colorScheme}`;
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect.soft(beyond, `pixels beyond the window: ${what}`).toBeLessThanOrEqual(0);
      // Each width and each color scheme once, because colors do not depend on the width.
      if ((width === 360) === (colorScheme === 'light')) await expectAccessible(page, what);
      const file = testInfo.outputPath(`${what}.png`);
      await page.screenshot({ path: file, fullPage: true });
      await testInfo.attach(what, { path: file, contentType: 'image/png' });
    }
  }
}
