/** A notebook that is open in JupyterLab, in a browser, used as a person uses it. */

/** Objects in the page: the open notebook, as `--expose-app-in-browser` gives it. */
const PANEL = 'window.jupyterapp?.shell?.currentWidget';

/**
 * Output of one cell.
 *
 * @typedef {object} CellState
 * @property {string} source
 * @property {boolean} ran
 * @property {string[]} errors what it wrote to stderr, and its error outputs
 * @property {number} figures outputs that Plotly should draw
 * @property {number} players
 * @property {string} text all that it printed
 */

export class LabNotebook {
  /** @param {import('playwright-core').Page} page */
  constructor(page) {
    this.page = page;
  }

  /**
   * Opens a notebook and waits for its kernel.
   *
   * @param {import('playwright-core').Browser} browser
   * @param {string} url of the server
   * @param {string} name such as 1-data
   */
  static async open(browser, url, name) {
    const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
    await page.goto(`${url}/lab/tree/${name}.ipynb?reset`, { waitUntil: 'domcontentloaded' });
    await page.waitForFunction(
      `${PANEL}?.sessionContext?.session?.kernel?.status === 'idle' && ${PANEL}.content.model.cells.length > 2`,
      undefined,
      { timeout: 90_000 },
    );
    return new LabNotebook(page);
  }

  /** Changes a parameter by typing: `let name = …;` in the cell tagged so. @param {string} name @param {string} value */
  async setParameter(name, value) {
    const index = await this.#evaluate(
      `(panel) => panel.content.widgets.findIndex(({ model }) => (model.getMetadata('tags') ?? []).includes('parameters'))`,
    );
    await this.#evaluate(`(panel) => panel.content.scrollToItem(${index}, 'center')`);
    const line = this.page
      .locator('.jp-Cell')
      .nth(index)
      .locator('.cm-line', { hasText: new RegExp(`^let ${name}\\b`) });
    await line.click();
    await this.page.keyboard.press('End');
    await this.page.keyboard.press('Shift+Home');
    const declared = /^let [^=]+= /.exec((await line.textContent()) ?? '')?.[0] ?? `let ${name} = `;
    await this.page.keyboard.insertText(`${declared}${value};`);
  }

  /** Chooses an item of the menu bar. @param {string} menu @param {string} item */
  async choose(menu, item) {
    await this.page.click(`.lm-MenuBar-itemLabel:text-is("${menu}")`);
    await this.page.click(`.lm-Menu-itemLabel:text-is("${item}")`);
  }

  /** Run → Run All Cells; returns when nothing runs any more. */
  async runAll() {
    await this.choose('Run', 'Run All Cells');
    await this.untilIdle();
  }

  /** Waits until nothing runs any more; a failed cell ends a Run All, so that cells may have no number. */
  async untilIdle() {
    await this.page.waitForFunction(
      `${PANEL}.sessionContext.session.kernel.status === 'idle' &&
        ![...document.querySelectorAll('.jp-InputPrompt')].some((prompt) => prompt.textContent.includes('*'))`,
      undefined,
      { timeout: 120_000, polling: 250 },
    );
  }

  /** Outputs of the code cells. @returns {Promise<CellState[]>} */
  async cells() {
    return this.#evaluate(`(panel) => panel.content.widgets
      .filter(({ model }) => model.type === 'code' && model.sharedModel.getSource().trim() !== '')
      .map(({ model }) => {
        const outputs = model.outputs.toJSON();
        const joined = (text) => [text ?? ''].flat().join('');
        const html = (output) => joined(output.data?.['text/html']);
        return {
          source: model.sharedModel.getSource(),
          ran: model.executionCount !== null,
          errors: outputs.flatMap((output) => output.output_type === 'error' ? [output.evalue]
            : output.name === 'stderr' ? [joined(output.text)] : []),
          figures: outputs.filter((output) => output.data?.['application/vnd.plotly.v1+json']).length,
          players: outputs.reduce((sum, output) => sum + html(output).split('<audio').length - 1, 0),
          text: outputs.map((output) => joined(output.text) + joined(output.data?.['text/plain'])).join(''),
        };
      })`);
  }

  /**
   * Scrolls through the notebook, so that each cell is drawn, and looks at what is there.
   *
   * @returns {Promise<{ figures: number, players: number[] }>} figures with marks; seconds of each player
   */
  async look() {
    const cells = /** @type {number} */ (await this.#evaluate('(panel) => panel.content.widgets.length'));
    let figures = 0;
    /** @type {number[]} */
    const players = [];
    for (let index = 0; index < cells; index++) {
      await this.#evaluate(`(panel) => panel.content.scrollToItem(${index}, 'center')`);
      const cell = await this.#evaluate(
        `async (panel) => {
          const { node, model } = panel.content.widgets[${index}];
          const outputs = model.outputs?.toJSON() ?? [];
          const wanted = outputs.filter((output) => output.data?.['application/vnd.plotly.v1+json']).length;
          const drawn = () => [...node.querySelectorAll('.js-plotly-plot')].filter((figure) =>
            figure.querySelector('.main-svg .trace path, .main-svg .hm image, .main-svg .point path')).length;
          for (let i = 0; i < 100 && drawn() < wanted; i++) await new Promise((resolve) => setTimeout(resolve, 50));
          const players = [];
          for (const audio of node.querySelectorAll('audio')) {
            for (let i = 0; i < 100 && !(audio.duration > 0); i++) await new Promise((resolve) => setTimeout(resolve, 50));
            players.push(audio.duration);
          }
          return { figures: drawn(), players };
        }`,
      );
      figures += cell.figures;
      players.push(...cell.players);
    }
    return { figures, players };
  }

  /**
   * Presses play on the first player.
   *
   * @returns {Promise<number>} how far it has come after a while, in seconds
   */
  async play() {
    await this.page.locator('audio').first().scrollIntoViewIfNeeded();
    return this.page.evaluate(`(async () => {
      const player = document.querySelector('audio');
      await player.play();
      for (let i = 0; i < 40 && player.currentTime < 0.2; i++) await new Promise((resolve) => setTimeout(resolve, 50));
      player.pause();
      return player.currentTime;
    })()`);
  }

  /**
   * Watches live displays until `done` returns true for their texts.
   *
   * @param {string} selector
   * @param {(texts: Set<string>) => boolean} done
   * @returns {Promise<{ texts: Set<string>, most: number }>} every text seen, and the most elements seen at once
   */
  async watch(selector, done) {
    /** @type {Set<string>} */
    const texts = new Set();
    let most = 0;
    for (const end = Date.now() + 90_000; Date.now() < end && !done(texts); ) {
      const seen = await this.page.locator(selector).allTextContents();
      for (const text of seen) texts.add(text);
      most = Math.max(most, seen.length);
      await this.page.waitForTimeout(100);
    }
    return { texts, most };
  }

  /** Ends the kernel and the page. */
  async close() {
    await this.#evaluate('(panel) => panel.sessionContext.shutdown()');
    await this.page.close();
  }

  /** @param {string} code a function of the notebook's panel @returns {Promise<any>} */
  #evaluate(code) {
    return this.page.evaluate(`(${code})(${PANEL})`);
  }
}
