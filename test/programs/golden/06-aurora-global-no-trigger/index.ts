import { globalShop } from '../common/aurora-global.ts';

// The point: nothing fails the database over but a person.
globalShop();
