import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ScoringError } from '../../../src/contract/index.js';
import { nameModel } from '../../../src/run/name-model.js';

const URIS = ['a.onnx', 'b.onnx'];

function engineError(message: string): ScoringError {
  return new ScoringError(message, { code: 'MODEL_INVALID', stage: 'model', details: { model: 1 } });
}

test('an error of the engine gets the name of the model', () => {
  const named = nameModel(URIS, engineError('Protobuf parsing failed.')) as ScoringError;
  assert.equal(named.message, 'model b.onnx: Protobuf parsing failed.');
  assert.equal(named.code, 'MODEL_INVALID');
});

test("a locale that is missing is the machine's fault", () => {
  // As onnxruntime 1.30 says it.
  const said =
    'Exception during initialization: string_normalizer.cc:235 Failed to construct locale with name:en_US.UTF-8:locale::facet::_S_create_c_locale name not valid:Please, install necessary language-pack-XX and configure locales';
  const named = nameModel(URIS, engineError(said)) as ScoringError;
  assert.equal(named.code, 'ENVIRONMENT');
  assert.equal(
    named.message,
    'model b.onnx lowers texts by the locale en_US.UTF-8, which this machine lacks',
  );
});

test('other errors stay as they are', () => {
  const other = new Error('no');
  assert.equal(nameModel(URIS, other), other);
});
