/**
 * The first schema. What must hold whoever writes is held by the database: journals and evidence are only added to, an entry
 * is written under the newest lease or not at all, evidence follows the record before it. SQLSTATEs of our own: HF001 lease
 * lost, HF002 insert-only, HF003 out of order.
 */
import type { Migration } from 'kysely';
import { sql } from 'kysely';

const RUNS = `
create table holdfast.run (
  run text primary key,
  number bigint generated always as identity,
  holder text,
  epoch integer not null check (epoch > 0),
  expires double precision not null,
  entries integer not null default 0,
  ended boolean not null default false
)`;

const JOURNAL = `
create table holdfast.journal (
  run text not null references holdfast.run,
  sequence integer not null,
  epoch integer not null,
  kind text not null,
  at double precision not null,
  about text not null,
  token text,
  data text not null,
  primary key (run, sequence)
)`;

/** One statement checks the lease, gives the number and writes: nothing lies between check and act, and no lock waits for a client. */
const APPEND = `
create function holdfast.journal_append() returns trigger language plpgsql as $$
begin
  update holdfast.run r set entries = r.entries + 1, ended = r.ended or new.kind = 'ended'
   where r.run = new.run and r.epoch = new.epoch and r.holder is not null and not r.ended
   returning r.entries into new.sequence;
  if not found then
    if exists (select from holdfast.run r where r.run = new.run and r.ended) then
      raise exception 'run % has ended', new.run using errcode = 'HF003';
    end if;
    raise exception 'run %: the lease of epoch % is lost', new.run, new.epoch using errcode = 'HF001';
  end if;
  if (new.sequence = 1) <> (new.kind = 'created') then
    raise exception 'run %: expected created as the first entry and only there', new.run using errcode = 'HF003';
  end if;
  return new;
end $$`;

const LEASE = `
create function holdfast.run_guard() returns trigger language plpgsql as $$
begin
  if new.epoch < old.epoch or new.entries < old.entries or (old.ended and not new.ended) or new.run <> old.run
     or (new.epoch = old.epoch and new.holder is not null and new.holder is distinct from old.holder) then
    raise exception 'run %: a lease changes hands only with a higher epoch', old.run using errcode = 'HF002';
  end if;
  return new;
end $$`;

const REFUSE = `
create function holdfast.refuse() returns trigger language plpgsql as $$
begin
  raise exception 'holdfast.% is only added to', tg_table_name using errcode = 'HF002';
end $$`;

const EVIDENCE = `
create table holdfast.evidence (
  sequence bigint primary key,
  at double precision not null,
  kind text not null check (kind in ('verdict', 'drill-result', 'decision', 'import')),
  world text not null check (world in ('live', 'simulated')),
  subject text not null,
  body text not null,
  previous text not null,
  hash text not null unique check (hash ~ '^[0-9a-f]{64}$')
)`;

const HEAD = `
create table holdfast.evidence_head (
  single boolean primary key default true check (single),
  sequence bigint not null,
  hash text not null
)`;

/** Looks at all rows of a statement at once; the lock on the head makes writers take turns. */
const LINK = `
create function holdfast.evidence_link() returns trigger language plpgsql as $$
declare
  head holdfast.evidence_head;
  loose bigint;
begin
  select * into strict head from holdfast.evidence_head for update;
  select count(*) into loose from (
    select sequence, previous,
           lag(sequence, 1, head.sequence) over w as before, lag(hash, 1, head.hash) over w as link
      from added window w as (order by sequence)
  ) a where sequence <> before + 1 or previous <> link;
  if loose > 0 then
    raise exception 'evidence follows the record before it' using errcode = 'HF003';
  end if;
  update holdfast.evidence_head h set sequence = a.sequence, hash = a.hash
    from (select sequence, hash from added order by sequence desc limit 1) a;
  return null;
end $$`;

const HEAD_GUARD = `
create function holdfast.evidence_head_guard() returns trigger language plpgsql as $$
begin
  if new.sequence <= old.sequence
     or not exists (select from holdfast.evidence e where e.sequence = new.sequence and e.hash = new.hash) then
    raise exception 'the head of the evidence only moves on' using errcode = 'HF002';
  end if;
  return new;
end $$`;

const OTHERS = [
  `create table holdfast.evidence_import (
     hash text primary key, signer text not null, sequence bigint not null)`,
  `create table holdfast.approval (
     number bigint generated always as identity primary key, run text not null, at double precision not null,
     person text not null, decision text not null check (decision in ('approved', 'refused')),
     subject text not null, data text not null)`,
  'create index approval_run on holdfast.approval (run)',
  `create table holdfast.snapshot (
     number bigint generated always as identity primary key, at double precision not null,
     world text not null check (world in ('live', 'simulated')), level text not null, catalogue text, facts text not null)`,
  'create index snapshot_newest on holdfast.snapshot (world, level, at)',
  `create table holdfast.verdict (
     snapshot bigint not null references holdfast.snapshot, metric text not null, service text not null,
     verdict text not null, data text not null, primary key (snapshot, metric))`,
  `create table holdfast.finding (
     snapshot bigint not null references holdfast.snapshot, fingerprint text not null, rule text not null,
     severity text not null, data text not null, primary key (snapshot, fingerprint))`,
  `create table holdfast.survey (
     number bigint generated always as identity primary key, at double precision not null,
     world text not null check (world in ('live', 'simulated')), name text not null, data text not null)`,
  `create table holdfast.cost_event (
     number bigint generated always as identity primary key, at double precision not null,
     world text not null check (world in ('live', 'simulated')), service text not null, data text not null)`,
];

interface Guard {
  readonly table: string;
  readonly name: string;
  readonly when: string;
  readonly runs: string;
}

/** Rights are taken from the owner too; a superuser has them all the same, hence also triggers, in every replication role. */
const insertOnly = (table: string): readonly Guard[] => [
  {
    table,
    name: 'insert_only',
    when: 'before update or delete or truncate',
    runs: 'for each statement execute function holdfast.refuse()',
  },
];
const keepRows = (table: string): readonly Guard[] => [
  { table, name: 'keep_rows', when: 'before delete or truncate', runs: 'for each statement execute function holdfast.refuse()' },
];

const INSERT_ONLY = ['journal', 'evidence', 'evidence_import', 'approval'] as const;

const GUARDS: readonly Guard[] = [
  ...INSERT_ONLY.flatMap(insertOnly),
  ...keepRows('run'),
  ...keepRows('evidence_head'),
  { table: 'journal', name: 'append', when: 'before insert', runs: 'for each row execute function holdfast.journal_append()' },
  { table: 'run', name: 'guard', when: 'before update', runs: 'for each row execute function holdfast.run_guard()' },
  {
    table: 'evidence',
    name: 'link',
    when: 'after insert',
    runs: 'referencing new table as added for each statement execute function holdfast.evidence_link()',
  },
  {
    table: 'evidence_head',
    name: 'guard',
    when: 'before update',
    runs: 'for each row execute function holdfast.evidence_head_guard()',
  },
];

export const first: Migration = {
  async up(db) {
    const statements = [
      ...[RUNS, JOURNAL, EVIDENCE, HEAD, ...OTHERS],
      `insert into holdfast.evidence_head (sequence, hash) values (0, repeat('0', 64))`,
      ...[REFUSE, APPEND, LEASE, LINK, HEAD_GUARD],
      ...GUARDS.flatMap(({ table, name, when, runs }) => [
        `create trigger ${name} ${when} on holdfast.${table} ${runs}`,
        `alter table holdfast.${table} enable always trigger ${name}`,
      ]),
      ...INSERT_ONLY.map((table) => `revoke update, delete, truncate on holdfast.${table} from public, current_user`),
    ];
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
