/** `npm run check`: types, style and layout of everything, without running any of it; a few seconds. */
import { checks } from './check/index.mjs';
import { runScript, setUp } from './setup/index.mjs';
import { inWords } from './setup/project.mjs';

await runScript(async () => {
  await setUp(); // which compiles lib/, strictly
  let failed = 0;
  for (const [title, check] of Object.entries(checks)) {
    const started = performance.now();
    const problems = check();
    const took = inWords((performance.now() - started) / 1000);
    console.log(`${problems.length === 0 ? '✓' : '✗'} ${title} (${took})`);
    for (const problem of problems) console.log(`  ${problem}`);
    failed += problems.length === 0 ? 0 : 1;
  }
  return failed === 0 ? 0 : 1;
});
