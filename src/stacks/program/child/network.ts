/** Programs run without network: connections that leave the machine fail at once, with a message that says so. */
import net from 'node:net';

const LOOPBACK = /^(localhost|127\.|::1$|\[::1\]$|0\.0\.0\.0$)/;

/** Answers the list of `host:port` that the program tried to reach; it grows as the program runs. */
export function closeNetwork(): readonly string[] {
  const tried: string[] = [];
  const prototype = net.Socket.prototype as unknown as { connect: (this: net.Socket, ...args: unknown[]) => net.Socket };
  const original = prototype.connect;
  prototype.connect = function connect(this: net.Socket, ...args: unknown[]) {
    // The standard library calls this with its arguments already normalised into one array.
    const first: unknown = Array.isArray(args[0]) ? args[0][0] : args[0];
    const target =
      typeof first === 'object' && first !== null ? (first as Record<string, unknown>) : { port: first, host: args[1] };
    if (typeof target.path === 'string' || typeof first === 'string') return original.apply(this, args);
    const host = typeof target.host === 'string' ? target.host : 'localhost';
    if (LOOPBACK.test(host)) return original.apply(this, args);
    const place = `${host}:${String(target.port)}`;
    tried.push(place);
    this.destroy(new Error(`Holdfast runs programs without network: the connection to ${place} was refused`));
    return this;
  };
  return tried;
}
