import assert from 'node:assert/strict';
import test from 'node:test';
import { SerError } from '../../errors';
import type { Training } from '../../training/callbacks/callback';
import { terminateOnNaN } from '../../training/callbacks/terminate-on-nan';
import { fit } from '../../training/fit';
import { DummyTraining, golden } from '../support/keras-golden';
import { toyData, toyModel } from '../support/toy-training';

/** Python's text of a number. */
const numberOf = (text: string): number => Number(text.replace('inf', 'Infinity'));

test('terminateOnNaN stops at the batch at which Keras stops, for every case', () => {
  for (const { losses, stoppedAfterBatch } of golden.terminateOnNaN) {
    const training = new DummyTraining();
    const callback = terminateOnNaN();
    let stopped = 0;
    for (const [index, loss] of losses.entries()) {
      callback.onBatchEnd?.({ epoch: 1, batch: index + 1, loss: numberOf(loss) }, training);
      if (training.stopped !== undefined && stopped === 0) stopped = index + 1;
    }
    assert.equal(stopped, stoppedAfterBatch, losses.join());
    training.model.dispose();
  }
});

test('the reason names epoch and batch; as an error too, if that is wished', () => {
  const training = new DummyTraining();
  terminateOnNaN().onBatchEnd?.({ epoch: 4, batch: 7, loss: Number.POSITIVE_INFINITY }, training);
  assert.equal(training.stopped, 'the loss must be a number, got Infinity in epoch 4, batch 7');
  const strict = terminateOnNaN({ raiseError: true });
  assert.throws(
    () => strict.onBatchEnd?.({ epoch: 4, batch: 7, loss: Number.NaN }, training),
    (error: unknown) => {
      assert.ok(error instanceof SerError && error.code === 'bad-training');
      assert.match(error.message, /got NaN in epoch 4, batch 7; try a lower learning rate/);
      return true;
    },
  );
  training.model.dispose();
});

test('with it fit ends quietly at the first such batch and keeps the epochs before; without it fit throws', async () => {
  const options = () => {
    // The rows go wrong after the first epoch.
    const train = toyData(60, 1);
    const poison = {
      name: 'poison',
      onEpochEnd(_: unknown, { model }: Training) {
        const weights = model.getWeights();
        model.setWeights(weights.map((weight) => weight.mul(Number.NaN)));
      },
    };
    return { train, validation: toyData(30, 2), epochs: 5, batchSize: 16, callbacks: [poison] };
  };
  const model = toyModel();
  const given = options();
  const history = await fit(model, { ...given, callbacks: [...given.callbacks, terminateOnNaN()] });
  assert.equal(history.ended, 'the loss must be a number, got NaN in epoch 2, batch 1');
  assert.equal(history.epochs.length, 1);
  await assert.rejects(fit(toyModel(), options()), /fit: the loss must be a number, got NaN in epoch 2, batch 1/);
  model.dispose();
});
