import { COMMITTED, type PassRequest, type PassRow, type RowResult, type Sequence } from "@anabranch/core";
import type { Mistake } from "./wrong-backend.js";

/** A mistake that a backend could make, and the case that must notice it. */
interface KnownMistake {
  readonly what: string;
  readonly noticedBy: string;
  readonly mistake: Mistake;
}

const withRows = (request: PassRequest, change: (row: PassRow, index: number) => PassRow): PassRequest => ({
  ...request,
  rows: request.rows.map(change),
});

const passing = (change: (row: PassRow, index: number) => PassRow): Mistake => ({
  pass: (model, requests, options) =>
    model.pass(
      requests.map((request) => withRows(request, change)),
      options,
    ),
});

const changing = (change: (result: RowResult, rows: number) => RowResult): Mistake => ({
  pass: async (model, requests, options) => {
    const results = await model.pass(requests, options);
    return results.map(({ rows }) => ({ rows: rows.map((row) => change(row, rows.length)) }));
  },
});

const pruning = (change: (threshold: number) => number): Mistake => ({
  pass: (model, requests, options) =>
    model.pass(
      requests.map((request) =>
        request.pruning === undefined
          ? request
          : { ...request, pruning: { threshold: change(request.pruning.threshold) } },
      ),
      options,
    ),
});

/** Whether a row of a pruned pass follows a row that follows a row. */
function isDeep({ rows, pruning: pruned }: PassRequest, row: number): boolean {
  const parent = rows[row]?.parent ?? COMMITTED;
  return pruned !== undefined && parent !== COMMITTED && rows[parent]?.parent !== COMMITTED;
}

/** The tokens that a rollback left behind, for the mistake that keeps one of them. */
const latestRows = new WeakMap<Sequence, readonly PassRow[]>();

export const mistakes: readonly KnownMistake[] = [
  {
    what: "lets siblings see each other",
    noticedBy: "rows of any tree",
    mistake: passing((row, index) => ({ ...row, parent: index - 1 })),
  },
  {
    what: "hides a row's parent from it",
    noticedBy: "rows of any tree",
    mistake: passing((row) => ({ ...row, parent: COMMITTED })),
  },
  {
    what: "ignores the vocabulary bias",
    noticedBy: "rows of any tree",
    mistake: passing(({ read, ...row }) => {
      if (read === undefined) return row;
      const { vocabularyBias: _, ...rest } = read;
      return { ...row, read: rest };
    }),
  },
  {
    what: "gives the most probable tokens worst first",
    noticedBy: "rows of any tree",
    mistake: changing(({ topLogProbs, ...result }) => ({
      ...result,
      ...(topLogProbs !== undefined && {
        topLogProbs: { tokens: topLogProbs.tokens.toReversed(), logProbs: topLogProbs.logProbs.toReversed() },
      }),
    })),
  },
  {
    what: "gives logits that were not asked for",
    noticedBy: "rows of any tree",
    mistake: passing(({ read, ...row }) => ({ ...row, read: { ...read, logits: true } })),
  },
  {
    what: "takes the highest of equal tokens",
    noticedBy: "equal logits are ordered",
    mistake: changing((result) => ({ ...result, ...(result.argmax !== undefined && { argmax: result.argmax + 4 }) })),
  },
  {
    what: "shifts positions after a rollback",
    noticedBy: "going on after a rollback",
    mistake: { rollback: (_, sequence, length) => sequence.rollback(Math.max(0, length - 1)) },
  },
  {
    what: "keeps a forgotten token's keys after a rollback",
    noticedBy: "going on after a rollback",
    mistake: {
      rollback: async (model, sequence, length) => {
        await sequence.rollback(length);
        if (length === 0) return;
        await sequence.rollback(length - 1);
        await model.pass([{ sequence, rows: [{ token: 0, parent: COMMITTED }] }]);
        await model.commit([{ sequence, path: [0] }]);
      },
    },
  },
  {
    what: "commits a row's sibling in its place",
    noticedBy: "after the commit of any path",
    mistake: {
      pass: (model, requests, options) => {
        for (const { sequence, rows } of requests) latestRows.set(sequence, rows);
        return model.pass(requests, options);
      },
      commit: (model, requests) =>
        model.commit(
          requests.map(({ sequence, path }) => {
            const rows = latestRows.get(sequence) ?? [];
            const last = path.at(-1) ?? -1;
            const sibling = rows.findIndex((row) => row.parent === rows[last]?.parent);
            return { sequence, path: sibling < 0 ? path : [...path.slice(0, -1), sibling] };
          }),
        ),
    },
  },
  {
    what: "lets a fork write into the text it came from",
    noticedBy: "a fork goes its own way",
    mistake: { fork: async (sequence) => sequence },
  },
  {
    what: "stops at 128 tokens",
    noticedBy: "a long text",
    mistake: {
      pass: (model, requests, options) =>
        model.pass(
          requests.map((request) =>
            request.sequence.length < 128 ? request : withRows(request, (row) => ({ ...row, token: 0 })),
          ),
          options,
        ),
    },
  },
  {
    what: "runs streams beside every row in shared mode",
    noticedBy: "shared streams on some rows",
    mistake: {
      pass: (model, requests, options) =>
        model.pass(
          requests.map((request) =>
            request.rows.some(({ streams }) => streams)
              ? withRows(request, (row) => ({ ...row, streams: true }))
              : request,
          ),
          options,
        ),
    },
  },
  {
    what: "forgets which committed rows carried streams",
    noticedBy: "in shared mode, later passes",
    mistake: {
      pass: (model, requests, options) => {
        for (const { sequence, rows } of requests) latestRows.set(sequence, rows);
        return model.pass(requests, options);
      },
      commit: async (model, requests) => {
        for (const { sequence, path } of requests) {
          const rows = latestRows.get(sequence) ?? [];
          const chain = path.map((row, index) => ({
            token: rows[row]?.token ?? 0,
            parent: index - 1,
            streams: index === path.length - 1 && rows[row]?.streams === true,
          }));
          if (chain.length > 0) await model.pass([{ sequence, rows: chain }]);
          await model.commit([{ sequence, path: chain.map((_, index) => index) }]);
        }
      },
    },
  },
  {
    what: "drafts more nodes than allowed",
    noticedBy: "lossless streams on some rows",
    mistake: {
      draft: (model, requests) =>
        model.draft(requests.map((each) => ({ ...each, limit: { ...each.limit, nodes: each.limit.nodes + 1 } }))),
    },
  },
  {
    what: "drafts level by level and not by joint probability",
    noticedBy: "deferred streams give",
    mistake: {
      draft: async (model, requests) => {
        const wide = await model.draft(requests.map((each) => ({ ...each, limit: { ...each.limit, nodes: 500 } })));
        return wide.map(({ tokens, parents, logProbs }, index) => {
          const limit = requests[index]?.limit.nodes ?? 0;
          const first = [...parents.keys()].filter((node) => parents[node] === -1).slice(0, limit);
          return {
            tokens: first.map((node) => tokens[node] as number),
            parents: first.map(() => -1),
            logProbs: first.map((node) => logProbs[node] as number),
          };
        });
      },
    },
  },
  {
    what: "gives log-probabilities of the path in place of the node",
    noticedBy: "lossless streams on some rows",
    mistake: {
      draft: async (model, requests) =>
        (await model.draft(requests)).map((draft) => {
          const joint: number[] = [];
          draft.parents.forEach((parent, node) => {
            joint.push((joint[parent] ?? 0) + (draft.logProbs[node] as number));
          });
          return { ...draft, logProbs: joint };
        }),
    },
  },
  {
    what: "swaps the results of two sequences",
    noticedBy: "sequences that share a pass",
    mistake: { pass: async (model, requests, options) => (await model.pass(requests, options)).toReversed() },
  },
  {
    what: "gives every sequence the first adapter",
    noticedBy: "sequences that take turns",
    mistake: (() => {
      const first = new WeakMap<object, object>();
      return {
        createSequence: (model, options) => {
          if (options?.adapter === undefined) return model.createSequence();
          if (!first.has(model)) first.set(model, options.adapter);
          return model.createSequence({ adapter: first.get(model) as typeof options.adapter });
        },
      } satisfies Mistake;
    })(),
  },
  {
    what: "lets a later call overtake a pass",
    noticedBy: "calls made without waiting",
    mistake: {
      pass: async (model, requests, options) => {
        for (let turn = 0; turn < 10; turn++) await Promise.resolve();
        return model.pass(requests, options);
      },
    },
  },
  {
    what: "rounds otherwise when more rows share a pass",
    noticedBy: "a row's results are the same bits",
    mistake: changing(({ logits, ...result }, rows) => ({
      ...result,
      ...(logits !== undefined && { logits: logits.map((logit) => (rows > 3 ? logit * (1 + 2 ** -22) : logit)) }),
    })),
  },
  {
    what: "commits paths with gaps",
    noticedBy: "paths that are none",
    mistake: {
      commit: async (model, requests) => model.commit(requests).catch(() => undefined),
    },
  },
  {
    what: "takes a token past the vocabulary for the last",
    noticedBy: "bad rows are refused",
    mistake: passing((row) => ({ ...row, token: Math.min(row.token, 22) })),
  },
  {
    what: "declares no fork and forks nevertheless",
    noticedBy: "what is not declared",
    mistake: { capabilities: (capabilities) => ({ ...capabilities, fork: false }) },
  },
  {
    what: "takes more rows than it declares",
    noticedBy: "more rows or sequences",
    mistake: { capabilities: (capabilities) => ({ ...capabilities, maxRows: 16 }) },
  },
  {
    what: "prunes although it says that it cannot",
    noticedBy: "what is not declared",
    mistake: {
      capabilities: (capabilities) => ({ ...capabilities, pruning: false }),
      pass: (model, requests, options) =>
        model.pass(
          requests.map(({ sequence, rows }) => ({ sequence, rows })),
          options,
        ),
    },
  },
  {
    what: "sees past a sliding window",
    noticedBy: "models of other families give the reference's results, with deferred streams",
    mistake: {
      weights: ({ spec: { window: _, layerAttention, ...rest }, tensors }) => ({
        tensors,
        spec: {
          ...rest,
          ...(layerAttention && { layerAttention: layerAttention.map(({ window: __, ...layer }) => layer) }),
        },
      }),
    },
  },
  {
    what: "takes every activation for SiLU",
    noticedBy: "models of other families give the reference's results, with shared streams",
    mistake: { weights: ({ spec: { activation: _, ...spec }, tensors }) => ({ spec, tensors }) },
  },
  {
    what: "goes on with a disposed sequence",
    noticedBy: "a disposed sequence",
    mistake: { disposeSequence: async () => undefined },
  },
  {
    what: "does not look at the signal",
    noticedBy: "an aborted signal",
    mistake: { pass: (model, requests) => model.pass(requests) },
  },
  {
    what: "prunes at half the threshold",
    noticedBy: "pruned passes in lossless mode",
    mistake: pruning((threshold) => threshold / 2),
  },
  {
    what: "prunes by the whole path's probability",
    noticedBy: "pruned passes in shared mode",
    mistake: {
      pass: async (model, requests, options) => {
        const results = await model.pass(requests, options);
        // The deeper a row, the less probable its path: rows at depth 2 and below are the first to go.
        return results.map(({ rows }, index) => ({
          rows: rows.map((row, at) => (isDeep(requests[index] as PassRequest, at) ? { survived: false } : row)),
        }));
      },
    },
  },
  {
    what: "prunes nothing",
    noticedBy: "a threshold of 0 drops no row",
    mistake: pruning(() => 0),
  },
];
