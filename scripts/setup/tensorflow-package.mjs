/**
 * TensorFlow packages by platform.
 *
 * `@tensorflow/tfjs-node` tries to download TensorFlow 2.9.1 from a server that refuses access
 * (https://github.com/tensorflow/tfjs/issues/8742). Google's Python packages contain a newer version of the same C library.
 * Set-up was run on Linux x64 only; the other two are derived from the packages' contents and untested.
 */
import path from 'node:path';
import { cache, inProject } from './project.mjs';

export const TENSORFLOW = '2.21.0';

/**
 * @typedef {object} Package
 * @property {string} name on PyPI
 * @property {string} platform tag of its file there
 * @property {string} sha256 of that file
 * @property {string} library the C library's file name in it
 * @property {string} framework file name of the library that the first one needs
 * @property {Record<string, 'library' | 'framework'>} links names that tfjs-node and the loader look for
 * @property {string[]} flags of the compiler that only this system needs
 */

const linux = {
  library: 'libtensorflow_cc.so.2',
  framework: 'libtensorflow_framework.so.2',
  /** @type {Package['links']} */
  links: {
    'libtensorflow.so.2.9.1': 'library',
    'libtensorflow.so': 'library',
    'libtensorflow_cc.so.2': 'library',
    'libtensorflow_framework.so.2': 'framework',
    'libtensorflow_framework.so': 'framework',
  },
  flags: ['-Wl,-rpath,$ORIGIN/../../deps/lib'],
};

const mac = {
  library: 'libtensorflow_cc.2.dylib',
  framework: 'libtensorflow_framework.2.dylib',
  /** @type {Package['links']} */
  links: {
    'libtensorflow.2.9.1.dylib': 'library',
    'libtensorflow.dylib': 'library',
    'libtensorflow_cc.2.dylib': 'library',
    'libtensorflow_framework.2.dylib': 'framework',
    'libtensorflow_framework.dylib': 'framework',
  },
  flags: ['-Wl,-rpath,@loader_path/../../deps/lib', '-undefined', 'dynamic_lookup'],
};

/** @type {Record<string, Package>} by process.platform and process.arch */
const PACKAGES = {
  'linux-x64': {
    ...linux,
    name: 'tensorflow-cpu',
    platform: 'manylinux_2_27_x86_64',
    sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
  },
  'linux-arm64': {
    ...linux,
    name: 'tensorflow',
    platform: 'manylinux_2_27_aarch64',
    sha256: '4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c',
  },
  'darwin-arm64': {
    ...mac,
    name: 'tensorflow',
    platform: 'macosx_12_0_arm64',
    sha256: '51f46f4806139d01fc7920cc72a4c75876f80649bf40ff083ab6212ceb43ca88',
  },
};

const machine = `${process.platform}-${process.arch}`;

/** TensorFlow for this machine; undefined if only tfjs-node's own script supports it, as on Windows. */
export const tensorflowPackage = PACKAGES[machine];

/** Folder of the package's libraries and headers. */
export const libraries = path.join(cache, 'tensorflow', `${TENSORFLOW}-${machine}`);

/** The folder of tfjs-node. */
export const binding = inProject('node_modules', '@tensorflow', 'tfjs-node');
