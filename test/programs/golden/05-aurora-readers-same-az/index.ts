import { aurora } from '../common/aurora.ts';
import { oneRegion } from '../common/dns.ts';
import { primaryPlace } from '../common/place.ts';
import { mended, variant } from '../common/setting.ts';
import { web } from '../common/web.ts';

const place = primaryPlace();
// The point: two readers, and both go with the AZ of the writer.
const writer = variant === 'writer-elsewhere' ? 'b' : 'a';
const database = aurora(place, mended ? [writer, 'a', 'b'] : [writer, 'a', 'a']);
oneRegion(place, web('shop', place, { calls: { DATABASE_HOST: database.endpoint } }));
