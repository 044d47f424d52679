import { testSample } from '../sweep/sample.js';

testSample('postgres');
