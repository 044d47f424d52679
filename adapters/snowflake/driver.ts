import { AsyncLocalStorage } from 'node:async_hooks';
import type { Connection, ConnectionOptions } from 'snowflake-sdk';
import type axios from 'snowflake-sdk/dist/lib/http/axios_instance.js';

/** What the adapter needs of the driver. */
export interface Driver {
  createConnection(options: ConnectionOptions): Connection;
  /**
   * Runs a call of the driver whose requests the signal ends. By itself the driver would send each of them again for
   * hours, and nothing that it offers stops it.
   */
  within<T>(signal: AbortSignal, call: () => T): T;
}

type AxiosInstance = (typeof axios)['default'];

/** What a request to a server that is busy or gone is tried again by: seconds, and times after the first. */
const RETRIES = { maxRetries: 6, sleepBase: 1, sleepCap: 4 };

/** Without these the driver asks the clouds' own addresses where it runs, loads a library, and sends what it finds. */
const QUIET = {
  SNOWFLAKE_DISABLE_PLATFORM_DETECTION: 'true',
  SNOWFLAKE_DISABLE_MINICORE: 'true',
  SF_TELEMETRY_DISABLE_CONNECTION_SHAPE: 'true',
};

const ignore = () => undefined;

/** It would write a log file into the working folder, and to the console. */
const SILENT = { error: ignore, warn: ignore, info: ignore, debug: ignore, trace: ignore };

let loading: Promise<Driver> | null = null;

/** Loads the driver, once: 180 packages that nobody pays for who does not use Snowflake. */
export function loadDriver(): Promise<Driver> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Driver> {
  for (const [name, value] of Object.entries(QUIET)) process.env[name] ??= value;
  const [{ default: snowflake }, { default: http }] = await Promise.all([
    import('snowflake-sdk'),
    import('snowflake-sdk/dist/lib/http/axios_instance.js'),
  ]);
  snowflake.configure({ logLevel: 'OFF', customLogger: SILENT });
  const signals = new AsyncLocalStorage<AbortSignal>();
  endBySignal(http.default, signals);
  return {
    createConnection: (options) => snowflake.createConnection(options),
    within: (signal, call) => signals.run(signal, call),
  };
}

function endBySignal(http: AxiosInstance, signals: AsyncLocalStorage<AbortSignal>): void {
  http.interceptors.request.use((config) => {
    const own = config.signal;
    const signal = signals.getStore();
    if (signal !== undefined) {
      config.signal = own instanceof AbortSignal ? AbortSignal.any([own, signal]) : signal;
    }
    config.snowflakeRetryConfig = { ...config.snowflakeRetryConfig, ...RETRIES };
    return config;
  });
}
