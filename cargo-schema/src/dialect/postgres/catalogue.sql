-- Everything that a database holds and that is ours, as one JSON document: one round trip. What belongs to an
-- extension or to the ledgers is left out, and so is what a partition inherits from its table.
WITH
owned AS MATERIALIZED (
    SELECT classid, objid FROM pg_catalog.pg_depend WHERE deptype = 'e'
),
spaces AS MATERIALIZED (
    SELECT n.oid, n.nspname,
           CASE WHEN n.nspname = pg_catalog.current_schema() THEN '' ELSE n.nspname || '.' END AS prefix
    FROM pg_catalog.pg_namespace n
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      AND NOT EXISTS (SELECT FROM owned WHERE classid = 'pg_catalog.pg_namespace'::regclass AND objid = n.oid)
),
relations AS MATERIALIZED (
    SELECT c.oid, s.prefix || c.relname AS name, c.relkind, c.relispartition, c.relpartbound, c.reloptions, c.relpersistence,
           c.relrowsecurity, c.relforcerowsecurity, c.relreplident, c.relowner, c.relacl
    FROM pg_catalog.pg_class c JOIN spaces s ON s.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
      AND c.relname NOT IN ('__diesel_schema_migrations', '__schema_ledger', '__schema_ledger_id_seq', '__schema_lock')
      AND NOT EXISTS (SELECT FROM owned WHERE classid = 'pg_catalog.pg_class'::regclass AND objid = c.oid)
),
sequences AS MATERIALIZED (
    SELECT r.oid, r.name, d.refobjid AS "table", d.refobjsubid AS "column", d.deptype,
           pg_catalog.format_type(q.seqtypid, NULL) AS ty,
           q.seqstart, q.seqincrement, q.seqmin, q.seqmax, q.seqcache, q.seqcycle
    FROM relations r JOIN pg_catalog.pg_sequence q ON q.seqrelid = r.oid
    LEFT JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = r.oid
        AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.deptype IN ('a', 'i')
)
SELECT pg_catalog.json_build_object(
'schema', pg_catalog.current_schema(),
'relations', (SELECT pg_catalog.json_agg(x) FROM (
    SELECT r.oid::int8 AS oid, r.name, r.relkind AS kind, r.relispartition AS is_partition,
           pg_catalog.obj_description(r.oid, 'pg_class') AS comment,
           CASE WHEN r.relkind IN ('v', 'm') THEN pg_catalog.pg_get_viewdef(r.oid, true) END AS definition,
           CASE WHEN r.relkind = 'p' THEN pg_catalog.pg_get_partkeydef(r.oid) END AS partition_key,
           CASE WHEN r.relispartition THEN pg_catalog.pg_get_expr(r.relpartbound, r.oid, true) END AS bound,
           (SELECT pg_catalog.json_agg(p.inhparent::regclass::text ORDER BY p.inhseqno)
            FROM pg_catalog.pg_inherits p WHERE p.inhrelid = r.oid) AS parents,
           pg_catalog.array_to_string(r.reloptions, ', ') AS options,
           r.relpersistence = 'u' AS is_unlogged,
           r.relrowsecurity AS has_row_security, r.relforcerowsecurity AS forces_row_security,
           CASE WHEN r.relreplident <> 'd' THEN r.relreplident END AS replica_identity,
           pg_catalog.pg_get_userbyid(r.relowner) AS owner,
           pg_catalog.array_to_string(r.relacl, ', ') AS grants
    FROM relations r WHERE r.relkind <> 'S' ORDER BY r.oid) x),
'columns', (SELECT pg_catalog.json_agg(x) FROM (
    SELECT a.attrelid::int8 AS "table", a.attnum AS number, a.attname AS name,
           pg_catalog.format_type(a.atttypid, a.atttypmod) AS ty,
           NOT (a.attnotnull OR t.typtype = 'd' AND t.typnotnull) AS is_nullable,
           CASE WHEN t.typtype = 'd' THEN pg_catalog.format_type(t.typbasetype, t.typtypmod) END AS base,
           CASE WHEN a.attgenerated = '' THEN pg_catalog.pg_get_expr(d.adbin, d.adrelid, true) END AS "default",
           CASE WHEN a.attgenerated <> '' THEN pg_catalog.pg_get_expr(d.adbin, d.adrelid, true) END AS generated,
           a.attgenerated = 's' AS is_stored, a.attidentity AS identity,
           CASE WHEN a.attcollation <> t.typcollation THEN
               (SELECT CASE WHEN pg_catalog.pg_collation_is_visible(l.oid) THEN '' ELSE n.nspname || '.' END || l.collname
                FROM pg_catalog.pg_collation l JOIN pg_catalog.pg_namespace n ON n.oid = l.collnamespace
                WHERE l.oid = a.attcollation) END AS collation,
           pg_catalog.col_description(a.attrelid, a.attnum) AS comment,
           -- What ALTER COLUMN says to set it again. Of the options, those that people can set: some servers keep
           -- marks of their own there.
           pg_catalog.array_remove(ARRAY[
               CASE WHEN a.attstorage <> t.typstorage THEN 'SET STORAGE ' ||
                   CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'x' THEN 'EXTENDED' ELSE 'MAIN' END END,
               CASE a.attcompression WHEN 'p' THEN 'SET COMPRESSION pglz' WHEN 'l' THEN 'SET COMPRESSION lz4' END,
               CASE WHEN a.attstattarget >= 0 THEN 'SET STATISTICS ' || a.attstattarget END,
               (SELECT 'SET (' || pg_catalog.string_agg(o, ', ' ORDER BY o) || ')' FROM pg_catalog.unnest(a.attoptions) o
                WHERE o LIKE 'n\_distinct%')], NULL) AS extra
    FROM pg_catalog.pg_attribute a JOIN relations r ON r.oid = a.attrelid AND r.relkind IN ('r', 'p')
    JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attrelid, a.attnum) x),
'constraints', (SELECT pg_catalog.json_agg(x) FROM (
    SELECT c.conrelid::int8 AS "table", c.conname AS name, c.contype AS kind,
           c.conkey AS columns, c.confkey AS "references", c.confrelid::int8 AS target,
           c.confdeltype AS on_delete, c.confupdtype AS on_update,
           c.condeferrable AS is_deferrable, c.condeferred AS is_deferred, c.convalidated AS is_valid,
           CASE WHEN c.contype = 'c' THEN pg_catalog.pg_get_expr(c.conbin, c.conrelid, true) END AS expression,
           pg_catalog.pg_get_constraintdef(c.oid, true) AS definition, c.conindid::int8 AS index
    FROM pg_catalog.pg_constraint c JOIN relations r ON r.oid = c.conrelid AND r.relkind IN ('r', 'p')
    WHERE c.contype IN ('p', 'u', 'c', 'f', 'x') AND c.conparentid = 0 AND (c.conislocal OR c.contype <> 'c')
    ORDER BY c.conrelid, c.conname) x),
'indexes', (SELECT pg_catalog.json_agg(x) FROM (
    SELECT i.indrelid::int8 AS "table", i.indexrelid::int8 AS oid, c.relname AS name, m.amname AS method,
           i.indisunique AS is_unique, i.indnkeyatts AS keys, i.indisvalid AS is_valid,
           pg_catalog.pg_get_expr(i.indpred, i.indrelid, true) AS condition,
           pg_catalog.pg_get_indexdef(i.indexrelid, 0, true) AS definition,
           (SELECT pg_catalog.json_agg(pg_catalog.json_build_object(
                'column', i.indkey[k - 1],
                'sql', pg_catalog.pg_get_indexdef(i.indexrelid, k, true),
                'option', i.indoption[k - 1],
                'class', CASE WHEN o.opcdefault THEN NULL ELSE o.opcname END,
                'collation', CASE WHEN i.indcollation[k - 1] <> coalesce(a.attcollation, 0) AND i.indcollation[k - 1] NOT IN (0, 100)
                    THEN l.collname END) ORDER BY k)
            FROM pg_catalog.generate_series(1, i.indnatts) k
            LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[k - 1] AND i.indkey[k - 1] <> 0
            LEFT JOIN pg_catalog.pg_opclass o ON o.oid = i.indclass[k - 1]
            LEFT JOIN pg_catalog.pg_collation l ON l.oid = i.indcollation[k - 1]) AS items
    FROM pg_catalog.pg_index i JOIN relations r ON r.oid = i.indrelid AND r.relkind IN ('r', 'p', 'm')
    JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN pg_catalog.pg_am m ON m.oid = c.relam
    WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
    ORDER BY i.indrelid, c.relname) x),
'sequences', (SELECT pg_catalog.json_agg(x) FROM (
    SELECT name, "table"::int8 AS "table", "column", deptype = 'i' AS is_identity, ty,
           seqstart AS start, seqincrement AS increment, seqmin AS min, seqmax AS max, seqcache AS cache, seqcycle AS cycle
    FROM sequences ORDER BY name) x),
'enums', (SELECT pg_catalog.json_agg(x) FROM (
    SELECT s.prefix || t.typname AS name,
           (SELECT pg_catalog.json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid) AS values
    FROM pg_catalog.pg_type t JOIN spaces s ON s.oid = t.typnamespace
    WHERE t.typtype = 'e' AND NOT EXISTS (SELECT FROM owned WHERE classid = 'pg_catalog.pg_type'::regclass AND objid = t.oid)
    ORDER BY 1) x),
'uses', (SELECT pg_catalog.json_agg(x) FROM (
    SELECT DISTINCT w.ev_class::int8 AS view, d.refobjid::int8 AS relation, d.refobjsubid AS "column"
    FROM pg_catalog.pg_rewrite w JOIN relations v ON v.oid = w.ev_class
    JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = w.oid
        AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid <> w.ev_class
    ORDER BY 1, 2, 3) x),
'others', (SELECT pg_catalog.json_agg(x) FROM (
    SELECT 'trigger' AS kind, t.tgrelid::int8 AS "table", t.tgname AS name,
           pg_catalog.pg_get_triggerdef(t.oid, true) AS definition,
           CASE t.tgenabled WHEN 'O' THEN '' ELSE t.tgenabled::text END AS extra
    FROM pg_catalog.pg_trigger t JOIN relations r ON r.oid = t.tgrelid WHERE NOT t.tgisinternal
    UNION ALL
    SELECT 'rule', w.ev_class::int8, w.rulename, pg_catalog.pg_get_ruledef(w.oid, true), ''
    FROM pg_catalog.pg_rewrite w JOIN relations r ON r.oid = w.ev_class WHERE w.rulename <> '_RETURN'
    UNION ALL
    SELECT 'policy', p.polrelid::int8, p.polname,
           pg_catalog.format('CREATE POLICY %I ON %s AS %s FOR %s TO %s%s%s', p.polname, p.polrelid::regclass,
               CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
               CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
               (SELECT pg_catalog.string_agg(CASE WHEN x = 0 THEN 'public' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x)) END, ', ' ORDER BY x) FROM pg_catalog.unnest(p.polroles) x),
               ' USING (' || pg_catalog.pg_get_expr(p.polqual, p.polrelid, true) || ')',
               ' WITH CHECK (' || pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid, true) || ')'), ''
    FROM pg_catalog.pg_policy p JOIN relations r ON r.oid = p.polrelid
    UNION ALL
    SELECT 'statistics', s.stxrelid::int8, s.stxname, pg_catalog.pg_get_statisticsobjdef(s.oid), ''
    FROM pg_catalog.pg_statistic_ext s JOIN relations r ON r.oid = s.stxrelid
    UNION ALL
    SELECT 'function', NULL, s.prefix || p.proname || '(' || pg_catalog.pg_get_function_identity_arguments(p.oid) || ')',
           CASE WHEN p.prokind IN ('f', 'p') THEN pg_catalog.pg_get_functiondef(p.oid) ELSE 'aggregate or window' END, ''
    FROM pg_catalog.pg_proc p JOIN spaces s ON s.oid = p.pronamespace
    WHERE NOT EXISTS (SELECT FROM owned WHERE classid = 'pg_catalog.pg_proc'::regclass AND objid = p.oid)
      AND p.proname <> 'diesel_manage_updated_at' AND p.proname <> 'diesel_set_updated_at'
    UNION ALL
    SELECT 'domain', NULL, s.prefix || t.typname,
           pg_catalog.concat_ws(' ', pg_catalog.format_type(t.typbasetype, t.typtypmod), 'DEFAULT ' || t.typdefault,
               CASE WHEN t.typnotnull THEN 'NOT NULL' END,
               (SELECT pg_catalog.string_agg('CONSTRAINT ' || pg_catalog.quote_ident(c.conname) || ' ' || pg_catalog.pg_get_constraintdef(c.oid, true), ' ' ORDER BY c.conname)
                FROM pg_catalog.pg_constraint c WHERE c.contypid = t.oid AND c.contype = 'c')), ''
    FROM pg_catalog.pg_type t JOIN spaces s ON s.oid = t.typnamespace
    WHERE t.typtype = 'd' AND NOT EXISTS (SELECT FROM owned WHERE classid = 'pg_catalog.pg_type'::regclass AND objid = t.oid)
    UNION ALL
    SELECT 'schema', NULL, s.nspname, '', '' FROM spaces s
    UNION ALL
    SELECT 'extension', NULL, e.extname, e.extversion, '' FROM pg_catalog.pg_extension e
    ORDER BY 1, 2, 3) x)
)::text AS text
