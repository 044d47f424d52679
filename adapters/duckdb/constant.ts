import ddb, { type Value } from '@duckdb/node-bindings';
import { bytesAt, isValid, isWide, toElements, type Vector } from '../../src/contract/index.js';
import { toLogicalType } from './transfer-type.js';

/** The one value of a constant column. */
export function toDuckValue(vector: Vector): Value {
  if (!isValid(vector, 0)) return ddb.create_null_value();
  const { type } = vector;
  const value = vector.values[0] as number & bigint;
  switch (type.kind) {
    case 'bool':
      return ddb.create_bool(value === (1 as number));
    case 'int32':
      return ddb.create_int32(value);
    case 'int64':
      return ddb.create_int64(value);
    case 'float':
      return ddb.create_float(value);
    case 'double':
      return ddb.create_double(value);
    case 'decimal': {
      const { scale } = type;
      return ddb.create_decimal(
        isWide(type) ? { width: 38, scale, value: wide(vector) } : { width: 18, scale, value },
      );
    }
    case 'text':
      return ddb.create_varchar(Buffer.from(bytesAt(vector, 0)).toString());
    case 'bytes':
      return ddb.create_blob(bytesAt(vector, 0));
    case 'uuid':
      return ddb.create_uuid(BigInt.asUintN(128, wide(vector)));
    case 'date':
      return ddb.create_date({ days: value });
    case 'time':
      return ddb.create_time({ micros: value });
    case 'timestamp':
      return type.zoned
        ? ddb.create_timestamp_tz({ micros: value })
        : ddb.create_timestamp({ micros: value });
    case 'array': {
      const { type: element, values, length } = toElements(vector);
      const each = (i: number) => ({
        type: element,
        length: 1,
        values: values.slice(i, i + 1),
        validity: null,
      });
      return ddb.create_array_value(
        toLogicalType(element),
        Array.from({ length }, (_, i) => toDuckValue(each(i))),
      );
    }
  }
}

function wide({ values }: Vector): bigint {
  const [low, high] = values as BigInt64Array;
  return ((high as bigint) << 64n) + BigInt.asUintN(64, low as bigint);
}
