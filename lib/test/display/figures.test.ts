import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EMOTIONS } from '../../data/labels';
import type { Figure } from '../../display/bundle';
import { contrastRatio, EMOTION_COLOURS, SHARE_COLOURS, shareColour, textColourOn } from '../../display/colours';
import { actorTiles } from '../../display/results/actor-tiles';
import { reliabilityDiagram } from '../../display/results/calibration-figures';
import { actorBalance, classBalance, tallyBy } from '../../display/results/corpus-figures';
import { emotionTimeline } from '../../display/results/emotion-timeline';
import { protocolComparison } from '../../display/results/protocol-comparison';
import { confusionHeatmap, predictionCounts, probabilities } from '../../display/results/result-figures';
import { trainingCurves } from '../../display/results/training-curves';
import { descriptorTracks } from '../../display/signals/descriptor-tracks';
import { mfccAgreement, mfccHeatmap } from '../../display/signals/mfcc-figures';
import { signalComparison } from '../../display/signals/signal-comparison';
import { spectrogram, spectrogramTrace, withMelAxes } from '../../display/signals/spectrogram';
import { envelope, waveform } from '../../display/signals/waveform';
import { evaluatedClips, exampleFigures, sine, timelineEntries } from '../support/example-figures';

const plotly = (figure: Figure) => figure['application/vnd.plotly.v1+json'];

test('every figure has a title, axis titles, the corpus note and a text alternative', () => {
  for (const [name, figure] of exampleFigures({
    title: 'A <title> of "mine"',
    note: 'practice corpus: synthetic voices',
  })) {
    const { layout, data, config } = plotly(figure);
    assert.ok(data.length > 0, name);
    assert.match(layout.title?.text ?? '', /A &lt;title&gt;.*practice corpus: synthetic voices/, name);
    for (const axis of ['xaxis', 'yaxis'] as const) {
      // Panels that share an axis write its title once.
      const suffixes = ['', '2', '3', '4'] as const;
      assert.ok(
        suffixes.some((suffix) => layout[`${axis}${suffix}`]?.title?.text),
        `${name} lacks a title on its ${axis}`,
      );
    }
    assert.equal(config.responsive, true, name);
    assert.match(figure['text/plain'], /^A <title> of "mine"\n\(practice corpus: synthetic voices\)\n.*\d/s, name);
    assert.match(figure['text/html'], /role="img" aria-label="A &lt;title&gt; of &quot;mine&quot;/, name);
    assert.doesNotMatch(JSON.stringify(figure), /NaN|undefined|Infinity/, name);
  }
});

test('a figure is plain JSON: what the notebook stores is what was drawn', () => {
  for (const [name, figure] of exampleFigures()) {
    const copy = JSON.parse(JSON.stringify(plotly(figure))) as Figure['application/vnd.plotly.v1+json'];
    assert.equal(JSON.stringify(copy), JSON.stringify(plotly(figure)), name);
    for (const trace of plotly(figure).data) {
      for (const values of [trace.x, trace.y, trace.z]) {
        assert.ok(
          values === undefined || Array.isArray(values),
          `${name} has a typed array, which JSON makes an object`,
        );
      }
    }
  }
});

test('texts have a contrast of at least 4.5 : 1 on every colour of the scale of shares', () => {
  for (let value = 0; value <= 100; value += 0.1) {
    const fill = shareColour(value);
    const contrast = contrastRatio(textColourOn(fill), fill);
    assert.ok(contrast >= 4.5, `${contrast} on ${fill} (${value} %)`);
  }
  assert.deepEqual(
    [-1, 0, 50, 100, 101].map(shareColour),
    [0, 0, 1, 2, 2].map((i) => SHARE_COLOURS[i][1]),
  );
  assert.equal(shareColour(25), '#A7CDE5');
  assert.equal(contrastRatio('#FFFFFF', '#000000'), 21);
  assert.ok(Math.abs(contrastRatio('#767676', '#FFFFFF') - 4.54) < 0.005, 'the textbook grey');
});

test('every text on a heat map has a contrast of at least 4.5 : 1', () => {
  let texts = 0;
  for (const [name, figure] of exampleFigures()) {
    for (const { type, text, z, texttemplate, colorscale } of plotly(figure).data) {
      if (type !== 'heatmap' || texttemplate === undefined) continue;
      assert.equal(colorscale, SHARE_COLOURS, `${name}: another scale needs its own test`);
      for (const [i, row] of (text as string[][]).entries()) {
        for (const [j, cell] of row.entries()) {
          if (cell === '') continue;
          const [, colour] = /^<span style="color:(#[\dA-F]{6})">[^<]+(<br>[^<]+)?<\/span>$/.exec(cell) ?? [];
          assert.ok(colour, `${name}: ${cell}`);
          assert.ok(contrastRatio(colour, shareColour(z?.[i][j] ?? 0)) >= 4.5, `${name}: ${cell}`);
          texts++;
        }
      }
    }
  }
  assert.ok(texts > 40, `${texts} texts`);
});

test('a title or name cannot end the script or the attribute that holds it', () => {
  const hostile = '</script><img src=x> "quoted"';
  const track = { name: hostile, unit: '', values: [1] };
  for (const figure of [probabilities(['a'], [1], { title: hostile }), descriptorTracks([0], [track])]) {
    assert.equal(figure['text/html'].match(/<\/script>/g)?.length, 2);
    assert.doesNotMatch(figure['text/html'], /<img/);
  }
});

test('waveform draws at most 4,000 points and keeps the peaks', () => {
  const samples = new Float32Array(200_000);
  samples[123_457] = 0.9;
  samples[160_001] = -0.8;
  const y = plotly(waveform({ samples, sampleRate: 48_000 })).data[0].y as number[];
  assert.equal(y.length, 4000);
  assert.equal(Math.max(...y), 0.9);
  assert.equal(Math.min(...y), -0.8);
});

test('waveform shades the selection at its seconds', () => {
  const figure = waveform(sine(440, 1), { selection: { start: 0.2, end: 0.7 } });
  assert.deepEqual([plotly(figure).layout.shapes?.[0].x0, plotly(figure).layout.shapes?.[0].x1], [0.2, 0.7]);
  assert.match(figure['text/plain'], /Shaded: 0\.20 to 0\.70 s/);
  assert.throws(() => waveform(sine(440, 1), { selection: { start: 0.7, end: 0.2 } }), RangeError);
  assert.throws(() => waveform({ samples: new Float32Array(0), sampleRate: 8000 }), RangeError);
});

test('envelope keeps the order of each minimum and maximum, the length in time, and skips what is not a number', () => {
  const rising = envelope(
    Float32Array.from({ length: 8 }, (_, i) => i),
    4,
    4,
  );
  assert.deepEqual(rising, { step: 0.5, values: [0, 3, 4, 7] });
  assert.deepEqual(envelope([3, 2, 1, 0, Number.NaN, 5, 4, 6], 1, 4).values, [3, 0, 4, 6]);
  assert.deepEqual(envelope([1, Number.NaN], 1, 4).values, [1, null]);
});

test('spectrogramTrace keeps the maximum of merged frames and the middle of their times', () => {
  const decibels = [1, 5, 2, 4, 3, 6]; // three frames of two bands
  const trace = spectrogramTrace({ decibels, frequencies: [100, 200], times: [0, 1, 2] }, [0, 6], { columns: 2 });
  assert.deepEqual(trace.z, [
    [2, 3],
    [5, 6],
  ]);
  assert.deepEqual(
    [trace.x, trace.y],
    [
      [0.5, 2],
      [100, 200],
    ],
  );
});

test('spectrogram has a row per band, lowest first, and a column per frame', () => {
  const decibels = Float32Array.from([-1, -2, -3, -4, -5, -6]); // three frames of two bands
  const figure = spectrogram({ decibels, frequencies: [100, 200], times: [0, 0.1, 0.2] });
  assert.deepEqual(plotly(figure).data[0].z, [
    [-1, -3, -5],
    [-2, -4, -6],
  ]);
  assert.deepEqual(plotly(figure).data[0].y, [100, 200]);
  assert.match(figure['text/plain'], /Strongest on average around 100 Hz/);
  assert.throws(() => spectrogram({ decibels, frequencies: [100], times: [0] }), /spectrogram: decibels must have/);
});

test('withMelAxes places 128 bands between 0 Hz and half the sample rate, and a frame every 512 samples', () => {
  const values = new Float32Array(104 * 128);
  const { frequencies, times } = withMelAxes({ frames: 104, coefficients: 128, values }, 22_050);
  assert.equal(frequencies.length, 128);
  assert.ok(frequencies[0] > 0 && frequencies[127] < 11_025 && frequencies[127] > 10_500);
  assert.ok(Math.abs(times[103] - (103 * 512) / 22_050) < 1e-9);
});

test('mfccHeatmap draws coefficient 0 as a curve and the others as rows', () => {
  const values = Float32Array.from({ length: 5 * 3 }, (_, i) => (i % 3 === 0 ? -300 : i % 3));
  const [curve, heat] = plotly(mfccHeatmap({ frames: 5, coefficients: 3, values }, { hop: 0.5 })).data;
  assert.deepEqual(curve.y, [-300, -300, -300, -300, -300]);
  assert.deepEqual(heat.z, [
    [1, 1, 1, 1, 1],
    [2, 2, 2, 2, 2],
  ]);
  assert.deepEqual(heat.x, [0, 0.5, 1, 1.5, 2]);
  assert.throws(() => mfccHeatmap({ frames: 5, coefficients: 4, values }), RangeError);
});

test('mfccAgreement lays our curves over the reference, and shows the largest difference of each frame', () => {
  const matrix = (values: number[]) => ({
    frames: 2,
    coefficients: values.length / 2,
    values: Float32Array.from(values),
  });
  const [ours, theirs] = [matrix([-300, 40, 0, 0, -310, 41, 0, 0]), matrix([-300, 40.25, 0, 0, -310.5, 41, 0, 0])];
  const figure = mfccAgreement(ours, theirs, { hop: 0.5 });
  const { data } = plotly(figure);
  const [band, line, differences] = [data[0], data[1], data[6]];
  assert.deepEqual(
    [band.y, line.y, differences.y],
    [
      [40.25, 41],
      [40, 41],
      [0.25, 0.5],
    ],
  );
  assert.deepEqual(differences.x, [0, 0.5]);
  assert.ok((band.line?.width ?? 0) > 3 * (line.line?.width ?? 0), 'the band is seen beside the line');
  assert.equal(band.name, 'librosa, coefficient 1');
  assert.equal(plotly(figure).layout.yaxis2?.type, 'log');
  assert.match(figure['text/plain'], /Largest difference: 5\.0e-1, where values go up to 311/);
  assert.throws(() => mfccAgreement(ours, { ...theirs, frames: 1 }), /one shape, got 2 × 4 and 1 × 4/);
  const few = matrix([-300, 40, -310, 41]);
  assert.throws(() => mfccAgreement(few, few), /must have at least 4 coefficients, got 2/);
});

test('tallyBy counts in the order of the names, and names that do not occur as 0', () => {
  const clips = [
    { emotion: 'sad', actor: 2 },
    { emotion: 'sad', actor: 1 },
    { emotion: 'calm', actor: 2 },
  ];
  const names = ['calm', 'happy', 'sad'];
  const { all } = tallyBy(
    clips,
    () => 'all',
    (clip) => clip.emotion,
    names,
  );
  assert.deepEqual(Object.entries(all), [
    ['calm', 1],
    ['happy', 0],
    ['sad', 2],
  ]);
  assert.deepEqual(
    tallyBy(
      clips,
      (clip) => clip.actor,
      (clip) => clip.emotion,
    ),
    { '1': { sad: 1 }, '2': { sad: 1, calm: 1 } },
  );
});

test('classBalance has a bar per class in its colour, and a series per group', () => {
  const single = plotly(classBalance({ female: { neutral: 4, angry: 8 } }));
  assert.deepEqual(single.data[0].y, [4, 8]);
  assert.deepEqual(single.data[0].marker?.color, [EMOTION_COLOURS.neutral, EMOTION_COLOURS.angry]);
  const grouped = classBalance({ male: { calm: 1 }, female: { calm: 2, sad: 3 } });
  assert.deepEqual(
    plotly(grouped).data.map((trace) => [trace.name, trace.y]),
    [
      ['male', [1, 0]],
      ['female', [2, 3]],
    ],
  );
  assert.match(grouped['text/plain'], /6 clips in 2 classes/);
  assert.throws(() => classBalance({}), RangeError);
});

test('actorBalance orders actors by number and names those in more than one group', () => {
  const figure = actorBalance([
    { actor: 10, group: 'train', clips: 3 },
    { actor: 2, group: 'train', clips: 3 },
    { actor: 10, group: 'test', clips: 1 },
  ]);
  assert.deepEqual(plotly(figure).data[0].x, ['2', '10']);
  assert.deepEqual(plotly(figure).data[1].y, [0, 1]);
  assert.match(figure['text/plain'], /In more than one group: actors 10\./);
  assert.throws(() => actorBalance([]), RangeError);
});

test('signalComparison puts all panels on one scale, and refuses mixed or too many panels', () => {
  const spectrogram = { decibels: [0, 1], frequencies: [100, 200], times: [0] };
  const quiet = { samples: Float32Array.from([0.1, -0.1]), sampleRate: 2 };
  const loud = { samples: Float32Array.from([0.5, -1]), sampleRate: 2 };
  const { layout } = plotly(
    signalComparison([
      { title: 'a', signal: quiet, spectrogram },
      { title: 'b', signal: loud, spectrogram },
    ]),
  );
  assert.deepEqual(layout.yaxis?.range, [-1.05, 1.05]);
  assert.deepEqual(layout.yaxis2?.range, [-1.05, 1.05]);
  assert.throws(() => signalComparison([{ title: 'a', signal: quiet, spectrogram }]), RangeError);
  const mixed = [
    { title: 'a', signal: quiet, spectrogram },
    { title: 'b', spectrogram },
  ];
  assert.throws(() => signalComparison(mixed), RangeError);
});

/** A history with these losses. */
const historyWith = (loss: number[]) => {
  const half = loss.map(() => 0.5);
  return { loss, valLoss: loss, accuracy: half, valAccuracy: half, learningRate: half };
};

test('trainingCurves marks the best epoch', () => {
  const history = { ...historyWith([3, 2, 1]), valLoss: [3, 1.5, 2], accuracy: [0.1, 0.5, 0.9] };
  const figure = trainingCurves(history, { bestEpoch: 2 });
  assert.equal(plotly(figure).layout.shapes?.[0].x0, 2);
  assert.match(
    figure['text/plain'],
    /3 epochs\.\nBest, epoch 2: loss 2\.000, validation loss 1\.500, accuracy 50\.0 %/,
  );
  assert.deepEqual(plotly(figure).data.find((trace) => trace.yaxis === 'y2')?.y, [10, 50, 90]);
});

test('trainingCurves shows a loss that is not a number as a gap, and takes an epoch of the history only', () => {
  const figure = trainingCurves(historyWith([2, Number.NaN]), { bestEpoch: 1 });
  assert.deepEqual(plotly(figure).data[0].y, [2, null]);
  assert.equal(plotly(figure).layout.shapes?.[0].x0, 1);
  assert.throws(() => trainingCurves(historyWith([]), { bestEpoch: 0 }), RangeError);
  assert.throws(() => trainingCurves(historyWith([1]), { bestEpoch: 2 }), RangeError);
});

test('confusionHeatmap colours shares of the true class and writes counts', () => {
  const figure = confusionHeatmap(
    ['calm', 'sad'],
    [
      [3, 1],
      [0, 0],
    ],
  );
  const [heat] = plotly(figure).data;
  assert.deepEqual(heat.z, [
    [75, 25],
    [0, 0],
  ]);
  assert.deepEqual(heat.text, [
    ['<span style="color:#FFFFFF">3<br>75 %</span>', '<span style="color:#000000">1<br>25 %</span>'],
    ['', ''],
  ]);
  assert.match(figure['text/plain'], /4 clips, 3 correct \(accuracy 75\.0 %\), unweighted average recall 75\.0 %/);
  assert.match(figure['text/plain'], /sad no clips.*calm as sad 1/s);
  assert.throws(() => confusionHeatmap(['calm', 'sad'], [[1, 2]]), RangeError);
});

test('actorTiles has a column for each actor, the best first, with the UAR above the emotions', () => {
  const figure = actorTiles(evaluatedClips);
  const [heat] = figure['application/vnd.plotly.v1+json'].data;
  assert.deepEqual(heat.x, ['1', '2']);
  assert.equal(heat.y?.[0], 'UAR');
  assert.deepEqual(heat.z?.[0], [100, 50]);
  assert.deepEqual(heat.z?.[1 + EMOTIONS.indexOf('neutral')], [100, null], 'actor 2 has no neutral clip');
  assert.deepEqual(heat.z?.[1 + EMOTIONS.indexOf('sad')], [100, 50]);
  assert.equal(heat.hovertext?.[1 + EMOTIONS.indexOf('sad')][1], 'actor 2 (female): 1 of 2 sad');
  assert.match(figure['text/plain'], /highest UAR: actor 1 100\.0 %.*lowest: actor 2 50\.0 %/);
  assert.throws(() => actorTiles({ clips: [], truth: [], predicted: [] }), /there must be clips/);
});

test('emotionTimeline marks each prediction at the middle of its window, hollow if not sure', () => {
  const figure = emotionTimeline(timelineEntries, { acted: [{ start: 0, end: 2.4, emotion: 'happy' }] });
  const [heat, acted, sure, unsure] = figure['application/vnd.plotly.v1+json'].data;
  assert.deepEqual(heat.x, [1.2, 1.8, 2.4, 3]);
  assert.deepEqual(heat.z?.[EMOTIONS.indexOf('sad')].map(Number), [4.286, 4.286, 70, 70]);
  assert.deepEqual(
    [acted.x, acted.y],
    [
      [0, 2.4, null],
      ['happy', 'happy', null],
    ],
  );
  assert.deepEqual(
    [sure.x, sure.y],
    [
      [1.2, 1.8, 2.4],
      ['happy', 'happy', 'sad'],
    ],
  );
  assert.deepEqual([unsure.x, unsure.y], [[3], ['sad']]);
  assert.match(figure['text/plain'], /0\.0 to 3\.0 s: happy, up to 70\.0 %\.\n1\.2 to 4\.2 s: sad/);
  assert.equal(emotionTimeline(timelineEntries.slice(3))['application/vnd.plotly.v1+json'].data.length, 2);
  assert.throws(() => emotionTimeline([]), /there must be windows/);
});

test('predictionCounts and probabilities want one value per label', () => {
  assert.deepEqual(
    plotly(predictionCounts(['a', 'b'], [1, 2], [3, 0])).data.map((trace) => trace.y),
    [
      [3, 0],
      [1, 2],
    ],
  );
  assert.throws(() => predictionCounts(['a', 'b'], [1], [1, 2]), RangeError);
  const figure = probabilities(['calm', 'sad'], [0.25, 0.75], { trueLabel: 'calm' });
  assert.deepEqual(plotly(figure).data[0].x, [25, 75]);
  assert.match(figure['text/plain'], /True: calm\.\nsad 75\.0 %, calm 25\.0 %/);
  assert.throws(() => probabilities(['calm'], [0.5, 0.5]), RangeError);
});

test('protocolComparison draws intervals as error bars and chance as a line', () => {
  const result = {
    protocol: 'by actor',
    accuracy: 0.5,
    uar: 0.375,
    accuracyInterval: { low: 0.25, high: 0.625 },
    uarInterval: { low: 0.25, high: 0.5 },
  };
  const figure = protocolComparison([result]);
  assert.deepEqual(plotly(figure).data[0].error_y?.array, [12.5]);
  assert.deepEqual(plotly(figure).data[0].error_y?.arrayminus, [25]);
  assert.deepEqual(plotly(figure).data[1].error_y?.array, [12.5]);
  assert.equal(plotly(figure).layout.shapes?.[0].y0, 12.5);
  assert.match(figure['text/plain'], /accuracy 50\.0 % \(95 % interval 25\.0 % to 62\.5 %\).*Chance: 12\.5 %/s);
  assert.throws(() => protocolComparison([{ ...result, accuracyInterval: { low: 0.6, high: 0.7 } }]), RangeError);
  assert.throws(() => protocolComparison([]), RangeError);
});

test('reliabilityDiagram draws intervals, and only counts bins of fewer than 5 clips', () => {
  const bin = (low: number, clips: number, accuracy: number) => {
    return { low, high: low + 0.5, clips, confidence: clips > 0 ? low + 0.25 : 0, accuracy };
  };
  const figure = reliabilityDiagram([{ name: 'before', bins: [bin(0, 4, 0), bin(0.5, 10, 0.8)], ece: 0.1 }], {
    note: 'RAVDESS recordings',
  });
  const { data, layout } = plotly(figure);
  const [diagonal, accuracy, counts] = data;
  assert.deepEqual(diagonal.x, [0, 100]);
  assert.deepEqual([accuracy.x, accuracy.y], [[75], [80]]);
  assert.ok(Math.abs((accuracy.error_y?.array[0] ?? 0) - 14.33) < 0.01);
  assert.ok(Math.abs((accuracy.error_y?.arrayminus[0] ?? 0) - 30.98) < 0.01);
  assert.deepEqual([counts.type, counts.x, counts.y], ['bar', [25, 75], [4, 10]]);
  assert.match(layout.title?.text ?? '', /RAVDESS recordings.*<br>.*95 % Wilson intervals; bins of ≥ 5 clips/);
  const [low, high] = (layout.yaxis?.range ?? []).map(Number);
  assert.ok(low < 0 && high > 100, 'markers at 0 and 100 % are whole');
  assert.match(
    figure['text/plain'],
    /probability 75\.0 %, accuracy 80\.0 % \(49\.0 % to 94\.3 %, 10 clips\); 4 of 14 clips are in bins of fewer than 5/,
  );
  const few = reliabilityDiagram([{ name: 'before', bins: [bin(0, 4, 0)], ece: 0.1 }]);
  assert.deepEqual(plotly(few).data[1].y, []);
  assert.throws(
    () => reliabilityDiagram([{ name: 'none', bins: [bin(0, 0, 0)], ece: 0 }]),
    /must have clips, got none/,
  );
});

test('descriptorTracks gives each track its own axis, and refuses tracks of another length', () => {
  const figure = descriptorTracks(
    [0, 1],
    [
      { name: 'RMS', unit: 'full scale', values: [0.1, 0.2] },
      { name: 'centroid', unit: 'Hz', values: [100, Number.NaN] },
    ],
  );
  assert.deepEqual(
    plotly(figure).data.map((trace) => trace.yaxis),
    ['y', 'y2'],
  );
  assert.deepEqual(plotly(figure).data[1].y, [100, null]);
  assert.throws(() => descriptorTracks([0, 1], [{ name: 'RMS', unit: '', values: [1] }]), RangeError);
  assert.throws(() => descriptorTracks([0, 1], []), RangeError);
});
