import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { whereaboutsOf } from '../../src/store/whereabouts.ts';

const URL = 'postgres://localhost/holdfast';

it.each([
  ['nothing', {}, { store: { folder: '/shop/.holdfast' }, home: '/shop/.holdfast' }],
  ['empty variables', { databaseUrl: '', home: '' }, { store: { folder: '/shop/.holdfast' }, home: '/shop/.holdfast' }],
  ['HOLDFAST_STORE', { home: '../evidence' }, { store: { folder: '/evidence' }, home: '/evidence' }],
  ['DATABASE_URL', { databaseUrl: URL }, { store: { url: URL }, home: '/shop/.holdfast' }],
  ['both', { databaseUrl: URL, home: '/h' }, { store: { url: URL }, home: '/h' }],
  ['--store FOLDER', { store: 'here', databaseUrl: URL }, { store: { folder: resolve('here') }, home: resolve('here') }],
  ['--store URL', { store: URL, databaseUrl: 'postgres://elsewhere/x' }, { store: { url: URL }, home: '/shop/.holdfast' }],
])('with %s', (_, named, place) => {
  expect(whereaboutsOf({ store: undefined, databaseUrl: undefined, home: undefined, beside: '/shop', ...named })).toEqual(place);
});
