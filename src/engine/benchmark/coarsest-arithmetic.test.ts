import { expect, test } from 'vitest';
import { coarsestArithmetic } from './coarsest-arithmetic.ts';

test.each([
  [['Conv', 'Relu', 'MatMul', 'Gemm'], ['float32', 'int64'], 'float32'],
  [['Conv', 'Cast'], ['float16'], 'float16'],
  [['Conv', 'QuantizeLinear', 'DequantizeLinear'], ['float32', 'int8'], 'int8'],
  [['DynamicQuantizeLinear', 'MatMulInteger'], ['int8'], 'int8'],
  [['ConvInteger'], ['uint8'], 'int8'],
  [['QLinearConv'], ['int8'], 'int8'],
  [['com.microsoft::QGemm'], ['int8'], 'int8'],
  [['com.microsoft::DynamicQuantizeMatMul'], ['int8'], 'int8'],
  [['com.microsoft::MatMulNBits'], ['uint8'], 'int8'],
])('%j with weights %j', (operators, dtypes, expected) => {
  const model = {
    operators: Object.fromEntries(operators.map((name) => [name, 1])),
    bytesByDtype: Object.fromEntries(dtypes.map((name) => [name, 1])),
    inputs: [{ name: 'x', dtype: 'float32', shape: [1] }],
  };
  expect(coarsestArithmetic(model)).toBe(expected);
});

test('a float16 input is enough for float16', () => {
  const model = { operators: { Add: 1 }, bytesByDtype: {}, inputs: [{ name: 'x', dtype: 'float16', shape: [1] }] };
  expect(coarsestArithmetic(model)).toBe('float16');
});
