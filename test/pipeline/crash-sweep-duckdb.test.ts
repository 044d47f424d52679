import { testSample } from '../sweep/sample.js';

testSample('duckdb');
