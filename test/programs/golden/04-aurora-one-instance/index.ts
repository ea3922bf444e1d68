import { aurora } from '../common/aurora.ts';
import { oneRegion } from '../common/dns.ts';
import { primaryPlace } from '../common/place.ts';
import { mended } from '../common/setting.ts';
import { web } from '../common/web.ts';

const place = primaryPlace();
// The point: the volume spans three AZs, and one instance answers for it.
const database = aurora(place, mended ? ['a', 'b'] : ['a']);
oneRegion(place, web('shop', place, { calls: { DATABASE_HOST: database.endpoint } }));
