--
-- PostgreSQL database dump
--

\restrict olFwmiLW6mQTgQFdKPzVeO4rIrbODekr5Zwzii7lW3qeIm0y1Adzqd7cFnld2p5

-- Dumped from database version 18.4
-- Dumped by pg_dump version 18.4

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET transaction_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: pgqueuer_status; Type: TYPE; Schema: public; Owner: -
--

CREATE TYPE public.pgqueuer_status AS ENUM (
    'queued',
    'picked',
    'successful',
    'exception',
    'canceled',
    'deleted',
    'failed'
);


--
-- Name: audit_entry_is_append_only(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.audit_entry_is_append_only() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$;


--
-- Name: fn_pgqueuer_changed(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.fn_pgqueuer_changed() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    to_emit BOOLEAN := false;  -- Flag to decide whether to emit a notification
BEGIN
    -- Check operation type and set the emit flag accordingly
    IF TG_OP = 'UPDATE' AND OLD IS DISTINCT FROM NEW THEN
        to_emit := true;
    ELSIF TG_OP = 'DELETE' THEN
        to_emit := true;
    ELSIF TG_OP = 'INSERT' THEN
        to_emit := true;
    ELSIF TG_OP = 'TRUNCATE' THEN
        to_emit := true;
    END IF;

    -- Perform notification if the emit flag is set
    IF to_emit THEN
        PERFORM pg_notify(
            'ch_pgqueuer',
            json_build_object(
                'channel', 'ch_pgqueuer',
                'operation', lower(TG_OP),
                'sent_at', NOW(),
                'table', TG_TABLE_NAME,
                'type', 'table_changed_event'
            )::text
        );
    END IF;

    -- Return appropriate value based on the operation
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
        RETURN NEW;
    ELSIF TG_OP = 'DELETE' THEN
        RETURN OLD;
    ELSE
        RETURN NULL; -- For TRUNCATE and other non-row-specific contexts
    END IF;

END;
$$;


SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: action_run; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.action_run (
    execution_id character varying NOT NULL,
    action_id character varying NOT NULL,
    "position" integer NOT NULL,
    status character varying NOT NULL,
    attempt integer NOT NULL,
    error json,
    started_at timestamp with time zone NOT NULL,
    completed_at timestamp with time zone
);


--
-- Name: activity; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.activity (
    tenant character varying NOT NULL,
    at timestamp with time zone NOT NULL,
    id character varying NOT NULL,
    type character varying NOT NULL,
    user_id character varying NOT NULL,
    details json NOT NULL,
    change bigint DEFAULT '0'::bigint NOT NULL
);


--
-- Name: alembic_version; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);


--
-- Name: api_key; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.api_key (
    id character varying NOT NULL,
    tenant character varying NOT NULL,
    user_id character varying NOT NULL,
    name character varying NOT NULL,
    role character varying NOT NULL,
    scope json,
    digest character varying NOT NULL,
    previous_digest character varying,
    previous_expires_at timestamp with time zone,
    created_by character varying NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone,
    last_used_at timestamp with time zone,
    revoked_at timestamp with time zone
);


--
-- Name: audit_chain; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.audit_chain (
    tenant character varying NOT NULL,
    shard integer NOT NULL,
    number integer NOT NULL,
    hash character varying NOT NULL
);


--
-- Name: audit_entry; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.audit_entry (
    tenant character varying NOT NULL,
    shard integer NOT NULL,
    number integer NOT NULL,
    id character varying NOT NULL,
    at timestamp with time zone NOT NULL,
    actor character varying,
    credential character varying,
    action character varying NOT NULL,
    target character varying,
    outcome character varying NOT NULL,
    request_id character varying,
    address character varying,
    details json NOT NULL,
    previous_hash character varying NOT NULL,
    hash character varying NOT NULL
);


--
-- Name: callback_attempt; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.callback_attempt (
    delivery_id character varying NOT NULL,
    number integer NOT NULL,
    at timestamp with time zone NOT NULL,
    http_status integer,
    error text,
    duration_seconds double precision NOT NULL
);


--
-- Name: callback_delivery; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.callback_delivery (
    id character varying NOT NULL,
    execution_id character varying NOT NULL,
    tenant character varying NOT NULL,
    url character varying NOT NULL,
    host character varying NOT NULL,
    event character varying NOT NULL,
    status character varying NOT NULL,
    attempts integer NOT NULL,
    step integer NOT NULL,
    next_attempt_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    completed_at timestamp with time zone,
    node_id character varying
);


--
-- Name: change_counter; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.change_counter (
    id integer NOT NULL,
    number bigint NOT NULL
);


--
-- Name: change_counter_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.change_counter_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: change_counter_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.change_counter_id_seq OWNED BY public.change_counter.id;


--
-- Name: execution; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.execution (
    id character varying NOT NULL,
    tenant character varying NOT NULL,
    workflow_id character varying NOT NULL,
    revision integer NOT NULL,
    created_by character varying NOT NULL,
    parameters json NOT NULL,
    timeout_seconds integer NOT NULL,
    callback_url character varying,
    idempotency_key character varying,
    idempotency_fingerprint character varying,
    status character varying NOT NULL,
    total_actions integer NOT NULL,
    completed_actions integer NOT NULL,
    current_action character varying,
    error json,
    created_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    completed_at timestamp with time zone,
    queue_timeout_seconds integer,
    wake_at timestamp with time zone,
    change bigint DEFAULT '0'::bigint NOT NULL,
    node_id character varying,
    concurrency_key character varying,
    parent_id character varying,
    on_parent_end character varying,
    depth integer DEFAULT 0 NOT NULL
);


--
-- Name: execution_event; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.execution_event (
    execution_id character varying NOT NULL,
    sequence integer NOT NULL,
    type character varying NOT NULL,
    at timestamp with time zone NOT NULL,
    action_id character varying,
    data json NOT NULL,
    owner character varying DEFAULT ''::character varying NOT NULL
);


--
-- Name: execution_message; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.execution_message (
    id character varying NOT NULL,
    execution_id character varying NOT NULL,
    address character varying NOT NULL,
    data json NOT NULL,
    sent_by character varying NOT NULL,
    sent_at timestamp with time zone NOT NULL
);


--
-- Name: expectation; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.expectation (
    execution_id character varying NOT NULL,
    slot character varying NOT NULL,
    tenant character varying NOT NULL,
    action_id character varying NOT NULL,
    reason character varying NOT NULL,
    address character varying,
    since timestamp with time zone NOT NULL,
    until timestamp with time zone,
    notes json NOT NULL
);


--
-- Name: node; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.node (
    id character varying NOT NULL,
    kind character varying NOT NULL,
    shard integer NOT NULL,
    started_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL
);


--
-- Name: pgqueuer; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.pgqueuer (
    id bigint NOT NULL,
    priority integer NOT NULL,
    queue_manager_id uuid,
    created timestamp with time zone DEFAULT now() NOT NULL,
    updated timestamp with time zone DEFAULT now() NOT NULL,
    heartbeat timestamp with time zone DEFAULT now() NOT NULL,
    execute_after timestamp with time zone DEFAULT now() NOT NULL,
    status public.pgqueuer_status NOT NULL,
    entrypoint text NOT NULL,
    dedupe_key text,
    payload bytea,
    headers jsonb,
    attempts integer DEFAULT 0 NOT NULL,
    slot bigint
);


--
-- Name: pgqueuer_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.pgqueuer_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: pgqueuer_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.pgqueuer_id_seq OWNED BY public.pgqueuer.id;


--
-- Name: pgqueuer_log; Type: TABLE; Schema: public; Owner: -
--

CREATE UNLOGGED TABLE public.pgqueuer_log (
    id bigint NOT NULL,
    created timestamp with time zone DEFAULT now() NOT NULL,
    job_id bigint NOT NULL,
    status public.pgqueuer_status NOT NULL,
    priority integer NOT NULL,
    entrypoint text NOT NULL,
    traceback jsonb,
    aggregated boolean DEFAULT false
);


--
-- Name: pgqueuer_log_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.pgqueuer_log ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.pgqueuer_log_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: pgqueuer_schedules; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.pgqueuer_schedules (
    id bigint NOT NULL,
    expression text NOT NULL,
    entrypoint text NOT NULL,
    heartbeat timestamp with time zone DEFAULT now() NOT NULL,
    created timestamp with time zone DEFAULT now() NOT NULL,
    updated timestamp with time zone DEFAULT now() NOT NULL,
    next_run timestamp with time zone DEFAULT now() NOT NULL,
    last_run timestamp with time zone,
    status public.pgqueuer_status DEFAULT 'queued'::public.pgqueuer_status
);


--
-- Name: pgqueuer_schedules_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.pgqueuer_schedules_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: pgqueuer_schedules_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.pgqueuer_schedules_id_seq OWNED BY public.pgqueuer_schedules.id;


--
-- Name: pgqueuer_statistics; Type: TABLE; Schema: public; Owner: -
--

CREATE UNLOGGED TABLE public.pgqueuer_statistics (
    id bigint NOT NULL,
    created timestamp with time zone DEFAULT date_trunc('sec'::text, now()) NOT NULL,
    count bigint NOT NULL,
    priority integer NOT NULL,
    status public.pgqueuer_status NOT NULL,
    entrypoint text NOT NULL
);


--
-- Name: pgqueuer_statistics_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE UNLOGGED SEQUENCE public.pgqueuer_statistics_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: pgqueuer_statistics_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.pgqueuer_statistics_id_seq OWNED BY public.pgqueuer_statistics.id;


--
-- Name: secret; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.secret (
    name character varying NOT NULL,
    tenant character varying NOT NULL,
    version integer NOT NULL,
    ciphertext bytea NOT NULL,
    key_id character varying NOT NULL,
    created_by character varying NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_by character varying NOT NULL,
    updated_at timestamp with time zone NOT NULL
);


--
-- Name: workflow; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.workflow (
    id character varying NOT NULL,
    tenant character varying NOT NULL,
    created_by character varying NOT NULL,
    name character varying NOT NULL,
    description text,
    status character varying NOT NULL,
    revision integer NOT NULL,
    tags json NOT NULL,
    search_text text NOT NULL,
    timeout_seconds integer,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    deleted_at timestamp with time zone,
    queue_timeout_seconds integer,
    concurrency json
);


--
-- Name: workflow_search; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.workflow_search (
    number integer NOT NULL,
    workflow_id character varying NOT NULL,
    document tsvector NOT NULL
);


--
-- Name: workflow_search_number_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.workflow_search_number_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: workflow_search_number_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.workflow_search_number_seq OWNED BY public.workflow_search.number;


--
-- Name: workflow_statistics; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.workflow_statistics (
    tenant character varying NOT NULL,
    workflow_id character varying NOT NULL,
    shard integer NOT NULL,
    accepted integer NOT NULL,
    completed integer NOT NULL,
    failed integer NOT NULL,
    cancelled integer NOT NULL,
    run_seconds double precision NOT NULL,
    last_execution_at timestamp with time zone
);


--
-- Name: workflow_tag; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.workflow_tag (
    workflow_id character varying NOT NULL,
    tag character varying NOT NULL
);


--
-- Name: workflow_version; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.workflow_version (
    workflow_id character varying NOT NULL,
    revision integer NOT NULL,
    definition json NOT NULL,
    created_at timestamp with time zone NOT NULL
);


--
-- Name: change_counter id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.change_counter ALTER COLUMN id SET DEFAULT nextval('public.change_counter_id_seq'::regclass);


--
-- Name: pgqueuer id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.pgqueuer ALTER COLUMN id SET DEFAULT nextval('public.pgqueuer_id_seq'::regclass);


--
-- Name: pgqueuer_schedules id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.pgqueuer_schedules ALTER COLUMN id SET DEFAULT nextval('public.pgqueuer_schedules_id_seq'::regclass);


--
-- Name: pgqueuer_statistics id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.pgqueuer_statistics ALTER COLUMN id SET DEFAULT nextval('public.pgqueuer_statistics_id_seq'::regclass);


--
-- Name: workflow_search number; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.workflow_search ALTER COLUMN number SET DEFAULT nextval('public.workflow_search_number_seq'::regclass);


--
-- Data for Name: action_run; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.action_run VALUES ('exec_b9e6cf1e110ad953', 'done', 0, 'success', 1, NULL, '2026-11-29 00:17:47.992042+00', '2026-11-29 00:17:47.992125+00');
INSERT INTO public.action_run VALUES ('exec_45f98db1e18d2087', 'done', 0, 'success', 1, NULL, '2026-11-29 00:17:48.203648+00', '2026-11-29 00:17:48.203731+00');
INSERT INTO public.action_run VALUES ('exec_ecd19e714fdf525a', 'done', 0, 'success', 1, NULL, '2026-11-29 00:17:48.480302+00', '2026-11-29 00:17:48.480406+00');
INSERT INTO public.action_run VALUES ('exec_4d77f66578d1bc16', 'a', 0, 'success', 1, NULL, '2026-11-29 00:17:48.764068+00', '2026-11-29 00:17:48.934128+00');
INSERT INTO public.action_run VALUES ('exec_3b8896335e91b126', 'a', 0, 'failed', 1, '{"code":"HTTP_ERROR","message":"scripted answered 503 to POST /broken/ended","action_id":"a","attempt":1,"retryable":true,"http_status":503}', '2026-11-29 00:17:48.955586+00', '2026-11-29 00:17:49.051934+00');
INSERT INTO public.action_run VALUES ('exec_d0359e17c5240ffc', 'go', 0, 'cancelled', 1, NULL, '2026-11-29 00:17:49.071289+00', '2026-11-29 00:17:49.690359+00');
INSERT INTO public.action_run VALUES ('exec_5333de467ac4a78a', 'go', 0, 'waiting', 1, NULL, '2026-11-29 00:17:50.095331+00', NULL);
INSERT INTO public.action_run VALUES ('exec_55edc6ccbfd7ab70', 'a', 0, 'pending', 1, '{"code":"HTTP_ERROR","message":"scripted answered 503 to POST /broken/retry","action_id":"a","attempt":1,"retryable":true,"http_status":503}', '2026-11-29 00:17:50.155464+00', NULL);
INSERT INTO public.action_run VALUES ('exec_9711627f5a39cbf2', 'pause', 0, 'waiting', 1, NULL, '2026-11-29 00:17:50.296916+00', NULL);
INSERT INTO public.action_run VALUES ('exec_3d0da29357e6b653', 'go', 0, 'waiting', 1, NULL, '2026-11-29 00:17:50.445284+00', NULL);
INSERT INTO public.action_run VALUES ('exec_f15271cfd88636b3', 'ask', 1, 'waiting', 1, NULL, '2026-11-29 00:17:50.875925+00', NULL);
INSERT INTO public.action_run VALUES ('exec_f15271cfd88636b3', 'book', 0, 'success', 1, NULL, '2026-11-29 00:17:50.695592+00', '2026-11-29 00:17:50.875735+00');
INSERT INTO public.action_run VALUES ('exec_e6e70180d949ead3', 'ask', 0, 'waiting', 1, NULL, '2026-11-29 00:17:50.884479+00', NULL);
INSERT INTO public.action_run VALUES ('exec_f76a81e5b4c1139e', 'ask', 0, 'waiting', 1, NULL, '2026-11-29 00:17:51.067546+00', NULL);
INSERT INTO public.action_run VALUES ('exec_e62ffd23a4301f6d', 'each', 0, 'running', 1, NULL, '2026-11-29 00:17:51.371369+00', NULL);
INSERT INTO public.action_run VALUES ('exec_8c0c43d7cd1d232f', 'again', 0, 'pending', 1, NULL, '2026-11-29 00:17:51.536719+00', NULL);
INSERT INTO public.action_run VALUES ('exec_7b7b4cb375640651', 'go', 0, 'waiting', 1, NULL, '2026-11-29 00:17:51.611546+00', NULL);
INSERT INTO public.action_run VALUES ('exec_9af32d0cbb889924', 'a', 0, 'failed', 1, '{"code":"HTTP_ERROR","message":"scripted answered 503 to POST /broken/once","action_id":"a","attempt":1,"retryable":true,"http_status":503}', '2026-11-29 00:17:51.791655+00', '2026-11-29 00:17:51.943685+00');
INSERT INTO public.action_run VALUES ('exec_9af32d0cbb889924', 'pause', 1, 'waiting', 1, NULL, '2026-11-29 00:17:51.943894+00', NULL);
INSERT INTO public.action_run VALUES ('exec_1b27fbd54db9091b', 'sub', 0, 'waiting', 1, NULL, '2026-11-29 00:17:52.100541+00', NULL);
INSERT INTO public.action_run VALUES ('exec_64ca17663eb44c70', 'never', 0, 'waiting', 1, NULL, '2026-11-29 00:17:52.882283+00', NULL);
INSERT INTO public.action_run VALUES ('exec_e6e486e5e59be80d', 'sub', 0, 'waiting', 1, NULL, '2026-11-29 00:17:52.888387+00', NULL);
INSERT INTO public.action_run VALUES ('exec_53dc3422d4932355', 'go', 0, 'waiting', 1, NULL, '2026-11-29 00:17:53.187386+00', NULL);
INSERT INTO public.action_run VALUES ('exec_2fa51b017f8d35d2', 'go', 0, 'waiting', 1, NULL, '2026-11-29 00:17:53.111854+00', NULL);
INSERT INTO public.action_run VALUES ('exec_e53b1352a9da2bc8', 'sub', 0, 'running', 1, NULL, '2026-11-29 00:17:52.557019+00', NULL);
INSERT INTO public.action_run VALUES ('exec_f73f8d26dd836f57', 'go', 0, 'waiting', 1, NULL, '2026-11-29 00:17:53.112047+00', NULL);
INSERT INTO public.action_run VALUES ('exec_c3f481c6f1f15e02', 'pause', 0, 'waiting', 1, NULL, '2026-11-29 00:17:53.443745+00', NULL);
INSERT INTO public.action_run VALUES ('exec_119cad0dce7a77f0', 'pause', 0, 'waiting', 1, NULL, '2026-11-29 00:17:53.583241+00', NULL);
INSERT INTO public.action_run VALUES ('exec_b90655cc00e900b5', 'pause', 0, 'waiting', 1, NULL, '2026-11-29 00:17:53.756725+00', NULL);
INSERT INTO public.action_run VALUES ('exec_65c363536d503e5a', 'one', 0, 'success', 1, NULL, '2026-11-29 00:17:53.827047+00', '2026-11-29 00:17:53.907873+00');
INSERT INTO public.action_run VALUES ('exec_5d1b2e03df1e4f71', 'a', 0, 'success', 1, NULL, '2026-11-29 00:17:53.923926+00', '2026-11-29 00:17:53.974669+00');
INSERT INTO public.action_run VALUES ('exec_5d1b2e03df1e4f71', 'pause', 1, 'waiting', 1, NULL, '2026-11-29 00:17:53.974944+00', NULL);
INSERT INTO public.action_run VALUES ('exec_8476d182b2080785', 'pause', 0, 'waiting', 1, NULL, '2026-11-29 00:17:54.005284+00', NULL);
INSERT INTO public.action_run VALUES ('exec_27182e2596f9cae9', 'no', 2, 'skipped', 0, NULL, '2026-11-29 00:17:54.149232+00', '2026-11-29 00:17:54.149232+00');
INSERT INTO public.action_run VALUES ('exec_27182e2596f9cae9', 'rescue', 3, 'skipped', 0, NULL, '2026-11-29 00:17:54.149244+00', '2026-11-29 00:17:54.149244+00');
INSERT INTO public.action_run VALUES ('exec_27182e2596f9cae9', 'sums', 0, 'success', 1, NULL, '2026-11-29 00:17:54.149025+00', '2026-11-29 00:17:54.149079+00');
INSERT INTO public.action_run VALUES ('exec_27182e2596f9cae9', 'kept', 1, 'success', 1, NULL, '2026-11-29 00:17:54.149188+00', '2026-11-29 00:17:54.24359+00');
INSERT INTO public.action_run VALUES ('exec_27182e2596f9cae9', 'pause', 4, 'waiting', 1, NULL, '2026-11-29 00:17:54.243747+00', NULL);
INSERT INTO public.action_run VALUES ('exec_f16aa7ac592547e4', 'pause', 0, 'waiting', 1, NULL, '2026-11-29 00:17:54.255721+00', NULL);
INSERT INTO public.action_run VALUES ('exec_502a8cd725273cb3', 'go', 0, 'waiting', 1, NULL, '2026-11-29 00:17:54.435583+00', NULL);
INSERT INTO public.action_run VALUES ('exec_5a7947c81949e733', 'go', 0, 'waiting', 1, NULL, '2026-11-29 00:17:54.833935+00', NULL);
INSERT INTO public.action_run VALUES ('exec_aeb23aa973f0f96d', 'go', 0, 'waiting', 1, NULL, '2026-11-29 00:17:55.143817+00', NULL);
INSERT INTO public.action_run VALUES ('exec_0e23daa105d1ecf2', 'made', 0, 'success', 1, NULL, '2026-11-29 00:17:51.699857+00', '2026-11-29 00:17:51.699926+00');
INSERT INTO public.action_run VALUES ('exec_0e23daa105d1ecf2', 'never', 1, 'cancelled', 1, NULL, '2026-11-29 00:17:51.700002+00', '2026-11-29 00:17:56.454896+00');
INSERT INTO public.action_run VALUES ('exec_0e23daa105d1ecf2', 'made.compensate', 2, 'success', 1, NULL, '2026-11-29 00:17:56.603402+00', '2026-11-29 00:17:56.603522+00');
INSERT INTO public.action_run VALUES ('exec_0e23daa105d1ecf2', 'pause', 3, 'waiting', 1, NULL, '2026-11-29 00:17:56.603666+00', NULL);
INSERT INTO public.action_run VALUES ('exec_7ec008b1d404bcc9', 'sub', 0, 'cancelled', 1, NULL, '2026-11-29 00:17:52.419725+00', '2026-11-29 00:17:56.618869+00');
INSERT INTO public.action_run VALUES ('exec_8b5469986b6143b8', 'ask', 0, 'waiting', 1, NULL, '2026-11-29 00:17:50.547383+00', NULL);
INSERT INTO public.action_run VALUES ('exec_dfe942058dfb8689', 'ask', 0, 'running', 1, NULL, '2026-11-29 00:17:51.15911+00', NULL);
INSERT INTO public.action_run VALUES ('exec_65c363536d503e5a', 'two', 1, 'success', 1, NULL, '2026-11-29 00:18:22.5432+00', '2026-11-29 00:18:23.291113+00');
INSERT INTO public.action_run VALUES ('exec_e95087492e81fec3', 'slow', 0, 'running', 1, NULL, '2026-11-29 00:18:26.296414+00', NULL);
INSERT INTO public.action_run VALUES ('exec_20c6f5bc6b88e44d', 'slow', 0, 'running', 1, NULL, '2026-11-29 00:18:26.458972+00', NULL);
INSERT INTO public.action_run VALUES ('exec_cc890058a4ea6a4b', 'each', 0, 'running', 1, NULL, '2026-11-29 00:18:26.367133+00', NULL);


--
-- Data for Name: activity; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:45.42688+00', 'act_437eb72cc3eae0fc', 'workflow_created', 'ada', '{"workflow_id":"wf_d35b573f0ec85d80","workflow_name":"callback"}', 775);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:45.519522+00', 'act_a10e4e40fd7f8e3e', 'workflow_created', 'ada', '{"workflow_id":"wf_a309f45b43adfb99","workflow_name":"retry"}', 777);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:45.593147+00', 'act_e689ef2a45e71316', 'workflow_created', 'ada', '{"workflow_id":"wf_30672857af5d7955","workflow_name":"timer"}', 779);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:45.662731+00', 'act_c67ee91a7836b120', 'workflow_created', 'ada', '{"workflow_id":"wf_bc1db164a0521140","workflow_name":"moment"}', 782);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:45.766792+00', 'act_aabb38b10df1f5ae', 'workflow_created', 'ada', '{"workflow_id":"wf_bb6747f476f44173","workflow_name":"signal"}', 784);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:45.836329+00', 'act_5c7ca115b597199e', 'workflow_created', 'ada', '{"workflow_id":"wf_7a2519ccba46d699","workflow_name":"signal late"}', 786);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:45.902793+00', 'act_bf9601cb10c48667', 'workflow_created', 'ada', '{"workflow_id":"wf_ffa9c89869d6080a","workflow_name":"mailbox"}', 789);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:45.976704+00', 'act_a9f603abe1dbaeaf', 'workflow_created', 'ada', '{"workflow_id":"wf_563f03b9adca1957","workflow_name":"approval"}', 791);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:46.051685+00', 'act_6c409213ec4d2cbc', 'workflow_created', 'ada', '{"workflow_id":"wf_47cb2fa0400d3aca","workflow_name":"rejection"}', 793);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:46.127425+00', 'act_fdc9f86215bc2a48', 'workflow_created', 'ada', '{"workflow_id":"wf_cfe31a5fbf74e408","workflow_name":"link"}', 795);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:46.202721+00', 'act_4815094649e42059', 'workflow_created', 'ada', '{"workflow_id":"wf_ca5e13f620bc7dd4","workflow_name":"escalated"}', 797);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:46.259496+00', 'act_3f8b0a650c342dff', 'workflow_created', 'ada', '{"workflow_id":"wf_a090ad85f581d26d","workflow_name":"approvals each"}', 799);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:46.327085+00', 'act_869b083c3784e844', 'workflow_created', 'ada', '{"workflow_id":"wf_6fbd1544c6e208d1","workflow_name":"items"}', 801);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:46.383543+00', 'act_ea7e233f701191b5', 'workflow_created', 'ada', '{"workflow_id":"wf_a7bc914fe7a3c901","workflow_name":"waits each"}', 803);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:46.482931+00', 'act_04929a2030ad0eb4', 'workflow_created', 'ada', '{"workflow_id":"wf_4634374b9952f37e","workflow_name":"repeat"}', 805);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:46.555026+00', 'act_94754a639e8f5bff', 'workflow_created', 'ada', '{"workflow_id":"wf_42598d7204c711ec","workflow_name":"in flight"}', 807);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:46.650919+00', 'act_c63d94e8c59ab979', 'workflow_created', 'ada', '{"workflow_id":"wf_430442fc4387207c","workflow_name":"secret"}', 809);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:46.724343+00', 'act_c9d920c34172165d', 'workflow_created', 'ada', '{"workflow_id":"wf_ebc9b8d4b16cae9a","workflow_name":"clean-up"}', 811);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:46.826666+00', 'act_811f1f74bf0d6498', 'workflow_created', 'ada', '{"workflow_id":"wf_63aeae8e0743466d","workflow_name":"on failure"}', 813);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:46.931381+00', 'act_b364369fa8982c57', 'workflow_created', 'ada', '{"workflow_id":"wf_aad284f6e6c6429a","workflow_name":"child"}', 815);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:46.994945+00', 'act_b2cd13c488d138b8', 'workflow_created', 'ada', '{"workflow_id":"wf_0dbb03d06c638857","workflow_name":"middle"}', 817);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:47.052007+00', 'act_d4c977678b2d7fa8', 'workflow_created', 'ada', '{"workflow_id":"wf_66f79ff6de17a3a7","workflow_name":"parent"}', 819);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:47.133453+00', 'act_094832f3ebf59c9a', 'workflow_created', 'ada', '{"workflow_id":"wf_4d542a87d8ccb120","workflow_name":"leaving"}', 821);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:47.202966+00', 'act_3b77a8b41264c646', 'workflow_created', 'ada', '{"workflow_id":"wf_f3a5b3e61a804c0e","workflow_name":"short"}', 823);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:47.262836+00', 'act_470ec788c5519a01', 'workflow_created', 'ada', '{"workflow_id":"wf_40f3e0a1d5c94795","workflow_name":"children"}', 826);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:47.307098+00', 'act_a81fac296fbeb510', 'workflow_created', 'ada', '{"workflow_id":"wf_ef5b77921bb86571","workflow_name":"limited"}', 828);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:47.381048+00', 'act_a3a32ab19d817aad', 'workflow_created', 'ada', '{"workflow_id":"wf_638c3ac833967f38","workflow_name":"impatient"}', 831);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:47.41569+00', 'act_c0f164b752c75ec2', 'workflow_created', 'ada', '{"workflow_id":"wf_ffe5c31ff57745b3","workflow_name":"time over"}', 832);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:47.443326+00', 'act_d91517517823b0d5', 'workflow_created', 'ada', '{"workflow_id":"wf_75df2aaf48030be3","workflow_name":"revised"}', 835);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:47.482047+00', 'act_95141b2a16126391', 'workflow_created', 'ada', '{"workflow_id":"wf_df28f1fc23768d27","workflow_name":"deleted"}', 837);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:47.523809+00', 'act_22daff6f346d5a14', 'workflow_created', 'ada', '{"workflow_id":"wf_d0451244a2545df8","workflow_name":"branches"}', 839);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:47.557676+00', 'act_1b1c16f827641dab', 'workflow_created', 'ada', '{"workflow_id":"wf_367c117692f8934f","workflow_name":"deferred"}', 841);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:47.599272+00', 'act_f1802f16cacf46a8', 'workflow_created', 'ada', '{"workflow_id":"wf_00e1d6d4e01e225a","workflow_name":"quick"}', 843);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:47.656746+00', 'act_5c5bba353aece580', 'workflow_created', 'ada', '{"workflow_id":"wf_411e821e829008f3","workflow_name":"failing"}', 845);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:47.742849+00', 'act_1d83915ce4b04d8e', 'workflow_created', 'ada', '{"workflow_id":"wf_8d5ce4b3f1e17f52","workflow_name":"of template"}', 847);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:47.821598+00', 'act_289d6995325fda79', 'workflow_created', 'tess', '{"workflow_id":"wf_b9a86ad5b0fb497d","workflow_name":"Failing delivery"}', 849);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:47.902667+00', 'act_05c1e974777f4bfe', 'workflow_created', 'ada', '{"workflow_id":"wf_c50447e7399427fe","workflow_name":"mocked"}', 851);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:47.991634+00', 'act_df483ef66ccef065', 'workflow_executed', 'ada', '{"workflow_id":"wf_d35b573f0ec85d80","execution_id":"exec_b9e6cf1e110ad953"}', 853);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:47.992192+00', 'act_3808555dbdea586a', 'execution_completed', 'ada', '{"workflow_id":"wf_d35b573f0ec85d80","execution_id":"exec_b9e6cf1e110ad953"}', 853);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:48.203223+00', 'act_32facc4e98b3fce0', 'workflow_executed', 'ada', '{"workflow_id":"wf_d35b573f0ec85d80","execution_id":"exec_45f98db1e18d2087"}', 856);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:48.203787+00', 'act_711d3b8ea0b52bb2', 'execution_completed', 'ada', '{"workflow_id":"wf_d35b573f0ec85d80","execution_id":"exec_45f98db1e18d2087"}', 856);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:48.479818+00', 'act_7559dcf0830286d0', 'workflow_executed', 'ada', '{"workflow_id":"wf_d35b573f0ec85d80","execution_id":"exec_ecd19e714fdf525a"}', 861);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:48.480478+00', 'act_24132ec7666844ba', 'execution_completed', 'ada', '{"workflow_id":"wf_d35b573f0ec85d80","execution_id":"exec_ecd19e714fdf525a"}', 861);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:48.763535+00', 'act_3986dd034cd27a26', 'workflow_executed', 'ada', '{"workflow_id":"wf_00e1d6d4e01e225a","execution_id":"exec_4d77f66578d1bc16"}', 865);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:48.934246+00', 'act_2069fd61aa8a9f0a', 'execution_completed', 'ada', '{"workflow_id":"wf_00e1d6d4e01e225a","execution_id":"exec_4d77f66578d1bc16"}', 868);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:48.955009+00', 'act_beef905d65aa550d', 'workflow_executed', 'ada', '{"workflow_id":"wf_411e821e829008f3","execution_id":"exec_3b8896335e91b126"}', 869);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:49.052054+00', 'act_88992b642bc23bbd', 'execution_failed', 'ada', '{"workflow_id":"wf_411e821e829008f3","execution_id":"exec_3b8896335e91b126"}', 872);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:49.070861+00', 'act_ba422801442f0172', 'workflow_executed', 'ada', '{"workflow_id":"wf_bb6747f476f44173","execution_id":"exec_d0359e17c5240ffc"}', 874);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:49.690359+00', 'act_c67f9a723670fb64', 'execution_cancelled', 'ada', '{"workflow_id":"wf_bb6747f476f44173","execution_id":"exec_d0359e17c5240ffc"}', 879);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:50.094923+00', 'act_b333871ac0560f05', 'workflow_executed', 'ada', '{"workflow_id":"wf_bb6747f476f44173","execution_id":"exec_5333de467ac4a78a"}', 881);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:52.786887+00', 'act_3c47e231c5732c6e', 'workflow_executed', 'ada', '{"workflow_id":"wf_f3a5b3e61a804c0e","execution_id":"exec_c3f481c6f1f15e02"}', 966);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:53.819416+00', 'act_e72b6f118436336b', 'workflow_executed', 'ada', '{"workflow_id":"wf_367c117692f8934f","execution_id":"exec_65c363536d503e5a"}', 997);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:57.18233+00', 'act_101c3874a85204ae', 'workflow_updated', 'ada', '{"workflow_id":"wf_75df2aaf48030be3","workflow_name":"revised"}', 1073);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:50.154934+00', 'act_b6746aac0b3340aa', 'workflow_executed', 'ada', '{"workflow_id":"wf_a309f45b43adfb99","execution_id":"exec_55edc6ccbfd7ab70"}', 885);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:51.611163+00', 'act_1b00dc954f571b1a', 'workflow_executed', 'ada', '{"workflow_id":"wf_430442fc4387207c","execution_id":"exec_7b7b4cb375640651"}', 932);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:52.527133+00', 'act_cd26f2f49df40a89', 'workflow_executed', 'ada', '{"workflow_id":"wf_aad284f6e6c6429a","execution_id":"exec_f73f8d26dd836f57"}', 958);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:53.088689+00', 'act_2c1e5c188170a57c', 'workflow_executed', 'ada', '{"workflow_id":"wf_aad284f6e6c6429a","execution_id":"exec_53dc3422d4932355"}', 971);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:53.582724+00', 'act_fdb5b8dfd09ecfae', 'workflow_executed', 'ada', '{"workflow_id":"wf_df28f1fc23768d27","execution_id":"exec_119cad0dce7a77f0"}', 985);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:54.148693+00', 'act_aaecdaeabbd596f2', 'workflow_executed', 'ada', '{"workflow_id":"wf_d0451244a2545df8","execution_id":"exec_27182e2596f9cae9"}', 1009);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:54.353785+00', 'act_388e7827ff117c3e', 'workflow_executed', 'ada', '{"workflow_id":"wf_ef5b77921bb86571","execution_id":"exec_502a8cd725273cb3"}', 1017);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:54.629043+00', 'act_8cef13612e119130', 'workflow_executed', 'ada', '{"workflow_id":"wf_ef5b77921bb86571","execution_id":"exec_3d68d00041838b8b"}', 1025);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:18:26.688924+00', 'act_41f03e35fb515c09', 'workflow_executed', 'ada', '{"workflow_id":"wf_00e1d6d4e01e225a","execution_id":"exec_4d95f8a0c1f40a53"}', 1144);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:50.296554+00', 'act_5c85a6539bf63aa2', 'workflow_executed', 'ada', '{"workflow_id":"wf_30672857af5d7955","execution_id":"exec_9711627f5a39cbf2"}', 891);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:52.350663+00', 'act_03e8f81642efb076', 'workflow_executed', 'ada', '{"workflow_id":"wf_0dbb03d06c638857","execution_id":"exec_e6e486e5e59be80d"}', 953);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:52.556597+00', 'act_af02c843cc6c6717', 'workflow_executed', 'ada', '{"workflow_id":"wf_40f3e0a1d5c94795","execution_id":"exec_e53b1352a9da2bc8"}', 959);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:54.004299+00', 'act_b0d0ea6bbcd7f986', 'workflow_executed', 'ada', '{"workflow_id":"wf_bc1db164a0521140","execution_id":"exec_8476d182b2080785"}', 1004);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:50.44495+00', 'act_56b1eac134ba52a6', 'workflow_executed', 'ada', '{"workflow_id":"wf_7a2519ccba46d699","execution_id":"exec_3d0da29357e6b653"}', 896);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:51.370978+00', 'act_ff8079d6cc15fb4f', 'workflow_executed', 'ada', '{"workflow_id":"wf_a7bc914fe7a3c901","execution_id":"exec_e62ffd23a4301f6d"}', 925);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:18:26.296068+00', 'act_55e0464702126ca9', 'workflow_executed', 'ada', '{"workflow_id":"wf_42598d7204c711ec","execution_id":"exec_e95087492e81fec3"}', 1132);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:18:26.79791+00', 'act_e2c2f5bc13204f84', 'workflow_executed', 'ada', '{"workflow_id":"wf_00e1d6d4e01e225a","execution_id":"exec_3532546d4732b383"}', 1146);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:50.546945+00', 'act_0bc42ab311426c38', 'workflow_executed', 'ada', '{"workflow_id":"wf_563f03b9adca1957","execution_id":"exec_8b5469986b6143b8"}', 900);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:51.53629+00', 'act_bd746dc017e86076', 'workflow_executed', 'ada', '{"workflow_id":"wf_4634374b9952f37e","execution_id":"exec_8c0c43d7cd1d232f"}', 929);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:53.111454+00', 'act_0fdd4f792ed870e2', 'workflow_executed', 'ada', '{"workflow_id":"wf_75df2aaf48030be3","execution_id":"exec_2fa51b017f8d35d2"}', 977);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:52.794776+00', 'act_a4de0e1816c9d6af', 'workflow_executed', 'ada', '{"workflow_id":"wf_f3a5b3e61a804c0e","execution_id":"exec_b90655cc00e900b5"}', 977);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:54.459022+00', 'act_65138b3a2745d626', 'workflow_executed', 'ada', '{"workflow_id":"wf_ef5b77921bb86571","execution_id":"exec_da28069608306879"}', 1021);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:54.740236+00', 'act_07be0c91bc64e9ec', 'workflow_executed', 'ada', '{"workflow_id":"wf_ef5b77921bb86571","execution_id":"exec_5a7947c81949e733"}', 1028);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:50.695047+00', 'act_6745c4987122fa72', 'workflow_executed', 'ada', '{"workflow_id":"wf_47cb2fa0400d3aca","execution_id":"exec_f15271cfd88636b3"}', 904);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:52.881998+00', 'act_f1bf181550a313ee', 'workflow_executed', 'ada', '{"workflow_id":"wf_ffe5c31ff57745b3","execution_id":"exec_64ca17663eb44c70"}', 965);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:53.923562+00', 'act_195469d42372b07e', 'workflow_executed', 'ada', '{"workflow_id":"wf_c50447e7399427fe","execution_id":"exec_5d1b2e03df1e4f71"}', 1000);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:54.859294+00', 'act_688afd6933a02f67', 'workflow_executed', 'ada', '{"workflow_id":"wf_ef5b77921bb86571","execution_id":"exec_9eb37631e0457dee"}', 1031);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:55.36681+00', 'act_5baef85decaac2cc', 'workflow_executed', 'ada', '{"workflow_id":"wf_638c3ac833967f38","execution_id":"exec_3e102c4d33f4db12"}', 1043);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:57.274114+00', 'act_53828a8fc383ba32', 'workflow_deleted', 'ada', '{"workflow_id":"wf_df28f1fc23768d27","workflow_name":"deleted"}', 1078);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:18:26.366852+00', 'act_9d07bdadeba4d772', 'workflow_executed', 'ada', '{"workflow_id":"wf_6fbd1544c6e208d1","execution_id":"exec_cc890058a4ea6a4b"}', 1134);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:18:26.453898+00', 'act_f72139d35889fb61', 'workflow_executed', 'ada', '{"workflow_id":"wf_ffa9c89869d6080a","execution_id":"exec_20c6f5bc6b88e44d"}', 1137);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:50.883999+00', 'act_f099f5bb593302f9', 'workflow_executed', 'ada', '{"workflow_id":"wf_cfe31a5fbf74e408","execution_id":"exec_e6e70180d949ead3"}', 908);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:51.699568+00', 'act_208a0383541563c7', 'workflow_executed', 'ada', '{"workflow_id":"wf_ebc9b8d4b16cae9a","execution_id":"exec_0e23daa105d1ecf2"}', 937);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:54.98732+00', 'act_a50a2ee939575210', 'workflow_executed', 'ada', '{"workflow_id":"wf_638c3ac833967f38","execution_id":"exec_aeb23aa973f0f96d"}', 1036);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:51.067145+00', 'act_9d4358ad9f706a41', 'workflow_executed', 'ada', '{"workflow_id":"wf_ca5e13f620bc7dd4","execution_id":"exec_f76a81e5b4c1139e"}', 916);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:51.791274+00', 'act_a8405bded223cf90', 'workflow_executed', 'ada', '{"workflow_id":"wf_63aeae8e0743466d","execution_id":"exec_9af32d0cbb889924"}', 942);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:52.419285+00', 'act_03c9f11dcf1f230f', 'workflow_executed', 'ada', '{"workflow_id":"wf_4d542a87d8ccb120","execution_id":"exec_7ec008b1d404bcc9"}', 954);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:51.158784+00', 'act_41cb61956e7b45fc', 'workflow_executed', 'ada', '{"workflow_id":"wf_a090ad85f581d26d","execution_id":"exec_dfe942058dfb8689"}', 919);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:52.10008+00', 'act_c0c49f19ed33fdac', 'workflow_executed', 'ada', '{"workflow_id":"wf_66f79ff6de17a3a7","execution_id":"exec_1b27fbd54db9091b"}', 951);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:54.255403+00', 'act_853115ea91eaf0dc', 'workflow_executed', 'ada', '{"workflow_id":"wf_30672857af5d7955","execution_id":"exec_f16aa7ac592547e4"}', 1012);
INSERT INTO public.activity VALUES ('default', '2026-11-29 00:17:56.618869+00', 'act_f99b091da7195061', 'execution_cancelled', 'ada', '{"workflow_id":"wf_4d542a87d8ccb120","execution_id":"exec_7ec008b1d404bcc9"}', 1050);


--
-- Data for Name: alembic_version; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.alembic_version VALUES ('0011');


--
-- Data for Name: api_key; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.api_key VALUES ('key_b97d8658ed1afed9', 'default', 'robot', 'kept', 'operator', NULL, 'fb59e6a4a482f6eb7603fae2dc9c38bc59d6daef426ed118b9cce6897b54d444', NULL, NULL, 'ada', '2026-11-29 00:17:44.910194+00', NULL, NULL, NULL);
INSERT INTO public.api_key VALUES ('key_8ffa65beaef2f60d', 'default', 'robot', 'revoked', 'operator', NULL, '37e79f6560640cae96aff2bdcdc2caf614f4eb464c678901a1c576c11d4d094f', NULL, NULL, 'ada', '2026-11-29 00:17:45.033299+00', NULL, NULL, '2026-11-29 00:17:45.218976+00');
INSERT INTO public.api_key VALUES ('key_5191e72c4b928b21', 'default', 'robot', 'rotated', 'operator', NULL, 'ae87c8a4a33da999440ebf55fe97b52ca7e7ea0cd70d7e24714faad0d656443d', 'dbc6c60b6035060052bc01df6b059149ea6b6d3039cc1c28725b1a13356bdf51', '2026-11-30 00:17:45.274272+00', 'ada', '2026-11-29 00:17:44.973493+00', NULL, NULL, NULL);


--
-- Data for Name: audit_chain; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.audit_chain VALUES ('default', 1, 47, '956df3e61bde2440a5cb39a40e55fc8daf57569acdf8eacb9db6b039c822c95a');
INSERT INTO public.audit_chain VALUES ('default', 0, 51, '4cfd0cd080362f1dded2e6a4ec4b31b0b70a7435a236ab08f5d33c962206ec7f');


--
-- Data for Name: audit_entry; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.audit_entry VALUES ('default', 1, 1, 'aud_c7a8e90d66acf67c', '2026-11-29 00:17:44.645541+00', 'ada', 'bearer', 'set_secret', 'token', 'succeeded', 'req_6d845f4ade8a147b', '127.0.0.1', '{"version":1}', '0000000000000000000000000000000000000000000000000000000000000000', 'c7a8e90d66acf67ca3e7f55fc8ae7766deda000a8284ccb8e3e993a75d33409f');
INSERT INTO public.audit_entry VALUES ('default', 0, 1, 'aud_5e7a371cfd164c35', '2026-11-29 00:17:44.763344+00', 'ada', 'bearer', 'set_secret', 'removed', 'succeeded', 'req_5a02efd1f4262989', '127.0.0.1', '{"version":1}', '0000000000000000000000000000000000000000000000000000000000000000', '5e7a371cfd164c35d433054b03b1490ee9e11ef82d8c22f766c7c8a911056510');
INSERT INTO public.audit_entry VALUES ('default', 1, 2, 'aud_426b3ee9872bbd39', '2026-11-29 00:17:44.87076+00', 'ada', 'bearer', 'delete_secret', 'removed', 'succeeded', 'req_7f9b32c36a3a708a', '127.0.0.1', '{}', 'c7a8e90d66acf67ca3e7f55fc8ae7766deda000a8284ccb8e3e993a75d33409f', '426b3ee9872bbd39b6a888f37756fe2481476596dee7d19f7251ef51891154f1');
INSERT INTO public.audit_entry VALUES ('default', 0, 2, 'aud_183eea8101465876', '2026-11-29 00:17:44.930726+00', 'ada', 'bearer', 'create_api_key', 'key_b97d8658ed1afed9', 'succeeded', 'req_a6ad5a7b1fac89f9', '127.0.0.1', '{"user_id":"robot","role":"operator","scope":null,"expires_at":null}', '5e7a371cfd164c35d433054b03b1490ee9e11ef82d8c22f766c7c8a911056510', '183eea8101465876e7c66e8e03bdbb851b45e1feb7e6178acfd4ee623da295d8');
INSERT INTO public.audit_entry VALUES ('default', 1, 3, 'aud_e6e4f925d437cfd3', '2026-11-29 00:17:44.998195+00', 'ada', 'bearer', 'create_api_key', 'key_5191e72c4b928b21', 'succeeded', 'req_de5106e47826063f', '127.0.0.1', '{"user_id":"robot","role":"operator","scope":null,"expires_at":null}', '426b3ee9872bbd39b6a888f37756fe2481476596dee7d19f7251ef51891154f1', 'e6e4f925d437cfd3fedf70678342d52a7dfa9a3bd997934e0234394106a0ece4');
INSERT INTO public.audit_entry VALUES ('default', 0, 3, 'aud_bf5850f96dbe3f77', '2026-11-29 00:17:45.064316+00', 'ada', 'bearer', 'create_api_key', 'key_8ffa65beaef2f60d', 'succeeded', 'req_253d4bb0f796e61f', '127.0.0.1', '{"user_id":"robot","role":"operator","scope":null,"expires_at":null}', '183eea8101465876e7c66e8e03bdbb851b45e1feb7e6178acfd4ee623da295d8', 'bf5850f96dbe3f7753b72af65b23dee7bb1fb0785d89e356339621a96110a09a');
INSERT INTO public.audit_entry VALUES ('default', 1, 4, 'aud_67096dc64c562329', '2026-11-29 00:17:45.244147+00', 'ada', 'bearer', 'revoke_api_key', 'key_8ffa65beaef2f60d', 'succeeded', 'req_11dea5f842e04282', '127.0.0.1', '{}', 'e6e4f925d437cfd3fedf70678342d52a7dfa9a3bd997934e0234394106a0ece4', '67096dc64c562329562e2ec772b78e614f8fe4bc4d3d0ad368d584fa14e7310d');
INSERT INTO public.audit_entry VALUES ('default', 0, 4, 'aud_42a82746cecf46b2', '2026-11-29 00:17:45.323779+00', 'ada', 'bearer', 'rotate_api_key', 'key_5191e72c4b928b21', 'succeeded', 'req_5b805fc3b8b049c7', '127.0.0.1', '{"grace_seconds":86400}', 'bf5850f96dbe3f7753b72af65b23dee7bb1fb0785d89e356339621a96110a09a', '42a82746cecf46b251d48ac3d94c291ad4c6aade1695878fcbd43b9d0c8de5b9');
INSERT INTO public.audit_entry VALUES ('default', 1, 5, 'aud_a5debe9b1ba2e88f', '2026-11-29 00:17:45.450696+00', 'ada', 'bearer', 'create_workflow', 'wf_d35b573f0ec85d80', 'succeeded', 'req_283be085ac4b92fd', '127.0.0.1', '{"name":"callback"}', '67096dc64c562329562e2ec772b78e614f8fe4bc4d3d0ad368d584fa14e7310d', 'a5debe9b1ba2e88ffeb2a05a1a7771e456173eb69bd6d40f1d53368f53a5dd3d');
INSERT INTO public.audit_entry VALUES ('default', 0, 5, 'aud_8bf88b4f385ce9c2', '2026-11-29 00:17:45.530596+00', 'ada', 'bearer', 'create_workflow', 'wf_a309f45b43adfb99', 'succeeded', 'req_3168b8ebd479f89c', '127.0.0.1', '{"name":"retry"}', '42a82746cecf46b251d48ac3d94c291ad4c6aade1695878fcbd43b9d0c8de5b9', '8bf88b4f385ce9c2e50cd4e9612ec43b3b6eb6f8ce85dab0bd8fa4727c61002f');
INSERT INTO public.audit_entry VALUES ('default', 1, 6, 'aud_8a70b6df939fff53', '2026-11-29 00:17:45.596559+00', 'ada', 'bearer', 'create_workflow', 'wf_30672857af5d7955', 'succeeded', 'req_9545950269202bca', '127.0.0.1', '{"name":"timer"}', 'a5debe9b1ba2e88ffeb2a05a1a7771e456173eb69bd6d40f1d53368f53a5dd3d', '8a70b6df939fff53ddfd0740fb10c1098caad1e9428ec3d0bbd7500340f5c700');
INSERT INTO public.audit_entry VALUES ('default', 0, 6, 'aud_6d212cf20d38e0d1', '2026-11-29 00:17:45.670628+00', 'ada', 'bearer', 'create_workflow', 'wf_bc1db164a0521140', 'succeeded', 'req_f7dde1fb76a8f957', '127.0.0.1', '{"name":"moment"}', '8bf88b4f385ce9c2e50cd4e9612ec43b3b6eb6f8ce85dab0bd8fa4727c61002f', '6d212cf20d38e0d1bf55bec1f97899fcb796e1ea5602464fed6515b1739a3230');
INSERT INTO public.audit_entry VALUES ('default', 1, 7, 'aud_6af6597bd3f3b263', '2026-11-29 00:17:45.787284+00', 'ada', 'bearer', 'create_workflow', 'wf_bb6747f476f44173', 'succeeded', 'req_d9b618795732518b', '127.0.0.1', '{"name":"signal"}', '8a70b6df939fff53ddfd0740fb10c1098caad1e9428ec3d0bbd7500340f5c700', '6af6597bd3f3b2638b8c5f83e81c300a585e6e84ab1adb1a1469f6da07333c7d');
INSERT INTO public.audit_entry VALUES ('default', 0, 7, 'aud_2b612c5ae8d6170c', '2026-11-29 00:17:45.836898+00', 'ada', 'bearer', 'create_workflow', 'wf_7a2519ccba46d699', 'succeeded', 'req_e63323df1153483f', '127.0.0.1', '{"name":"signal late"}', '6d212cf20d38e0d1bf55bec1f97899fcb796e1ea5602464fed6515b1739a3230', '2b612c5ae8d6170caa18c3e3e0ccf220eb795a6ba9b7635fc8c2fa01c16225ed');
INSERT INTO public.audit_entry VALUES ('default', 1, 8, 'aud_a34caa3b915b19de', '2026-11-29 00:17:45.918287+00', 'ada', 'bearer', 'create_workflow', 'wf_ffa9c89869d6080a', 'succeeded', 'req_3e7efdd1b4900471', '127.0.0.1', '{"name":"mailbox"}', '6af6597bd3f3b2638b8c5f83e81c300a585e6e84ab1adb1a1469f6da07333c7d', 'a34caa3b915b19dee5ab6e3ca60ff540cdaa6391f63f1c76d5cbc7ca93adb1d1');
INSERT INTO public.audit_entry VALUES ('default', 0, 8, 'aud_df0a5cb4eee0be11', '2026-11-29 00:17:45.990802+00', 'ada', 'bearer', 'create_workflow', 'wf_563f03b9adca1957', 'succeeded', 'req_0f86c9ef43b5dbbf', '127.0.0.1', '{"name":"approval"}', '2b612c5ae8d6170caa18c3e3e0ccf220eb795a6ba9b7635fc8c2fa01c16225ed', 'df0a5cb4eee0be1158cbd2c1dca6c05c99f2386cf12505584ea031f603454090');
INSERT INTO public.audit_entry VALUES ('default', 1, 9, 'aud_c545d08194adcf4d', '2026-11-29 00:17:46.070794+00', 'ada', 'bearer', 'create_workflow', 'wf_47cb2fa0400d3aca', 'succeeded', 'req_9acd2e7cb6651165', '127.0.0.1', '{"name":"rejection"}', 'a34caa3b915b19dee5ab6e3ca60ff540cdaa6391f63f1c76d5cbc7ca93adb1d1', 'c545d08194adcf4dd6c81dde819eb7af7eb0c45c707e920d4cc100c2cd85bbd7');
INSERT INTO public.audit_entry VALUES ('default', 0, 9, 'aud_0c52ec15ede201b1', '2026-11-29 00:17:46.140401+00', 'ada', 'bearer', 'create_workflow', 'wf_cfe31a5fbf74e408', 'succeeded', 'req_7d11417682cfcf6b', '127.0.0.1', '{"name":"link"}', 'df0a5cb4eee0be1158cbd2c1dca6c05c99f2386cf12505584ea031f603454090', '0c52ec15ede201b158e31642924a8a1aa99851dab5d449236549526d6441a8f5');
INSERT INTO public.audit_entry VALUES ('default', 1, 10, 'aud_0b09f8d88869887c', '2026-11-29 00:17:46.210648+00', 'ada', 'bearer', 'create_workflow', 'wf_ca5e13f620bc7dd4', 'succeeded', 'req_3f986818fc1a7898', '127.0.0.1', '{"name":"escalated"}', 'c545d08194adcf4dd6c81dde819eb7af7eb0c45c707e920d4cc100c2cd85bbd7', '0b09f8d88869887cf9f0d228ca9b2f8d6ea702ac65de38e63513889862eadec8');
INSERT INTO public.audit_entry VALUES ('default', 0, 10, 'aud_5bd3f3c818e581b7', '2026-11-29 00:17:46.266967+00', 'ada', 'bearer', 'create_workflow', 'wf_a090ad85f581d26d', 'succeeded', 'req_a8322f8939fbb84b', '127.0.0.1', '{"name":"approvals each"}', '0c52ec15ede201b158e31642924a8a1aa99851dab5d449236549526d6441a8f5', '5bd3f3c818e581b70318de660b6079fd1b0245ae5f0295e9fc5fadd47b18662e');
INSERT INTO public.audit_entry VALUES ('default', 1, 11, 'aud_01b1dfc4dcf670a1', '2026-11-29 00:17:46.334746+00', 'ada', 'bearer', 'create_workflow', 'wf_6fbd1544c6e208d1', 'succeeded', 'req_714b0e4e55e59293', '127.0.0.1', '{"name":"items"}', '0b09f8d88869887cf9f0d228ca9b2f8d6ea702ac65de38e63513889862eadec8', '01b1dfc4dcf670a1c79f21f03678b42bfe555397bda55acb5ac6e0a51c071686');
INSERT INTO public.audit_entry VALUES ('default', 0, 11, 'aud_5bf452c25d76e896', '2026-11-29 00:17:46.390599+00', 'ada', 'bearer', 'create_workflow', 'wf_a7bc914fe7a3c901', 'succeeded', 'req_a2267013d0c2f810', '127.0.0.1', '{"name":"waits each"}', '5bd3f3c818e581b70318de660b6079fd1b0245ae5f0295e9fc5fadd47b18662e', '5bf452c25d76e896bdbc4994b361158efc4e764a3b2a75002a771988617b47b6');
INSERT INTO public.audit_entry VALUES ('default', 1, 12, 'aud_d8c25b1f0468714f', '2026-11-29 00:17:46.494527+00', 'ada', 'bearer', 'create_workflow', 'wf_4634374b9952f37e', 'succeeded', 'req_b9d92e93dc2e4797', '127.0.0.1', '{"name":"repeat"}', '01b1dfc4dcf670a1c79f21f03678b42bfe555397bda55acb5ac6e0a51c071686', 'd8c25b1f0468714f5087363f2823508839e513ed3148fe539b0e67d33af61ce2');
INSERT INTO public.audit_entry VALUES ('default', 0, 12, 'aud_b8ed82723583fa7f', '2026-11-29 00:17:46.563806+00', 'ada', 'bearer', 'create_workflow', 'wf_42598d7204c711ec', 'succeeded', 'req_1a227b534f6e41cf', '127.0.0.1', '{"name":"in flight"}', '5bf452c25d76e896bdbc4994b361158efc4e764a3b2a75002a771988617b47b6', 'b8ed82723583fa7fcae1ce23c27b33c44e8877ffb61c477d7d8f7bd362fbf3cf');
INSERT INTO public.audit_entry VALUES ('default', 1, 13, 'aud_70442d226d07327d', '2026-11-29 00:17:46.658703+00', 'ada', 'bearer', 'create_workflow', 'wf_430442fc4387207c', 'succeeded', 'req_4586fca035ac5d34', '127.0.0.1', '{"name":"secret"}', 'd8c25b1f0468714f5087363f2823508839e513ed3148fe539b0e67d33af61ce2', '70442d226d07327d659436e87c959821409ccbf7dc05ce70f6ac6edf7acaf220');
INSERT INTO public.audit_entry VALUES ('default', 0, 13, 'aud_65f1f912f80c7914', '2026-11-29 00:17:46.739184+00', 'ada', 'bearer', 'create_workflow', 'wf_ebc9b8d4b16cae9a', 'succeeded', 'req_1096b3562bf3bb24', '127.0.0.1', '{"name":"clean-up"}', 'b8ed82723583fa7fcae1ce23c27b33c44e8877ffb61c477d7d8f7bd362fbf3cf', '65f1f912f80c791470a7e75a5affd06eed7eda87344188cd2be2c49889363988');
INSERT INTO public.audit_entry VALUES ('default', 0, 15, 'aud_8c55bbc01348e978', '2026-11-29 00:17:47.055439+00', 'ada', 'bearer', 'create_workflow', 'wf_66f79ff6de17a3a7', 'succeeded', 'req_e5a1166d7a6d52a5', '127.0.0.1', '{"name":"parent"}', '703af79dbd9108a0424ef9b5b5bb3229e7b9ff15f4a000c4447417fe240f93d2', '8c55bbc01348e97813203680108d6e14c052591f83d2de5978b7d49b5ea78329');
INSERT INTO public.audit_entry VALUES ('default', 0, 17, 'aud_8d8a3b8df600129d', '2026-11-29 00:17:47.324708+00', 'ada', 'bearer', 'create_workflow', 'wf_ef5b77921bb86571', 'succeeded', 'req_2e0683e3dee212aa', '127.0.0.1', '{"name":"limited"}', 'b69aab0d88a80a0f73385697474be41afeb0aa56c3c3cdb8c8d29badd59bb8e9', '8d8a3b8df600129d5dc8374020f01b7b0b5aa99c243a5870df104ee6a93327bb');
INSERT INTO public.audit_entry VALUES ('default', 0, 20, 'aud_bd9dc8dbec241e11', '2026-11-29 00:17:47.558262+00', 'ada', 'bearer', 'create_workflow', 'wf_367c117692f8934f', 'succeeded', 'req_def97c4afcc2c624', '127.0.0.1', '{"name":"deferred"}', 'a208de09c317eea71742cf80231e33233c1501f566d063f28f6badde8700489f', 'bd9dc8dbec241e118dfe8618f436dc3264485ca58339f12a18fcd645bb831093');
INSERT INTO public.audit_entry VALUES ('default', 0, 23, 'aud_14da150df8aa21a8', '2026-11-29 00:17:47.991714+00', 'ada', 'bearer', 'execute_workflow', 'exec_b9e6cf1e110ad953', 'succeeded', 'req_f67d80f488f7ccc1', '127.0.0.1', '{}', '1d62ca01a5e38422f3698f513d9c23a22f5e9acb967aa3b95bcf5a77f2292530', '14da150df8aa21a8703bf4a7d1d483307e996aff32e6b2ff2078f736e2968512');
INSERT INTO public.audit_entry VALUES ('default', 0, 26, 'aud_752836c08a097f5d', '2026-11-29 00:17:50.155012+00', 'ada', 'bearer', 'execute_workflow', 'exec_55edc6ccbfd7ab70', 'succeeded', 'req_920d45d91f67b095', '127.0.0.1', '{}', 'd6423099710a117d4b9e37e0c0366dd056db8e403fc89bb10399639bf2588cb1', '752836c08a097f5d4eaf34b4052028ee06a93d7eaefb9eb699ff9ec663fbb85b');
INSERT INTO public.audit_entry VALUES ('default', 0, 31, 'aud_eab7b52fbe84824c', '2026-11-29 00:17:51.611236+00', 'ada', 'bearer', 'execute_workflow', 'exec_7b7b4cb375640651', 'succeeded', 'req_1f90dbb878771824', '127.0.0.1', '{}', '16ac7f2c7b308087cf5277fc015ba50895a94916adcdf370d0aacee8532edcd5', 'eab7b52fbe84824cb36a08518aac7c363bd2b9bff9925db76de0ce68f9ec3c7d');
INSERT INTO public.audit_entry VALUES ('default', 0, 35, 'aud_a88bf123fce20605', '2026-11-29 00:17:53.582825+00', 'ada', 'bearer', 'execute_workflow', 'exec_119cad0dce7a77f0', 'succeeded', 'req_2529fe691f3fb742', '127.0.0.1', '{}', '9069b56c1a41c6d3477a79c212baf0a1884694bd52de14456b4048e0a8cadfc4', 'a88bf123fce2060524b345683aa86035d8c5bd36b776f6bbcf7ddef62994ed5f');
INSERT INTO public.audit_entry VALUES ('default', 0, 37, 'aud_da3c1d2fcaef9f89', '2026-11-29 00:17:54.148764+00', 'ada', 'bearer', 'execute_workflow', 'exec_27182e2596f9cae9', 'succeeded', 'req_b5fb5a1465eef1d1', '127.0.0.1', '{}', 'e461c405f598d139cfdeef0060d41c1a6271f19305e0f629d03adfd3c46fa64a', 'da3c1d2fcaef9f8999ecaf6ec432a5925167c55064927f7559490ef4c013d4a1');
INSERT INTO public.audit_entry VALUES ('default', 0, 38, 'aud_3a14ac6a43aad610', '2026-11-29 00:17:54.353882+00', 'ada', 'bearer', 'execute_workflow', 'exec_502a8cd725273cb3', 'succeeded', 'req_c5c1089cb17ba915', '127.0.0.1', '{}', 'da3c1d2fcaef9f8999ecaf6ec432a5925167c55064927f7559490ef4c013d4a1', '3a14ac6a43aad6100b756e013f6b5d9cedcb5cde4d19f2875f219e9ecacb9527');
INSERT INTO public.audit_entry VALUES ('default', 0, 39, 'aud_70de04d052f6d5b4', '2026-11-29 00:17:54.629178+00', 'ada', 'bearer', 'execute_workflow', 'exec_3d68d00041838b8b', 'succeeded', 'req_33fd55aae19297c0', '127.0.0.1', '{}', '3a14ac6a43aad6100b756e013f6b5d9cedcb5cde4d19f2875f219e9ecacb9527', '70de04d052f6d5b4ae1cee0272d3b7d0dfdf2bc97c37a38940152d3b7c95855d');
INSERT INTO public.audit_entry VALUES ('default', 0, 43, 'aud_dc924dc25bfd3fed', '2026-11-29 00:17:56.80812+00', 'ada', 'user_header', 'decide_approval', 'exec_8b5469986b6143b8', 'succeeded', 'req_8a42e628fb5c03c8', '127.0.0.1', '{"of":"ask","approved":true}', 'e7fb98dfdba5bc2f5a13bf1667257da9b19fa15337296b2fb6a52c57cd0466ec', 'dc924dc25bfd3fed3fe3686bac4809deda91cb8ab73613ad6d6aa29e99d6a99c');
INSERT INTO public.audit_entry VALUES ('default', 0, 49, 'aud_93792f7b770f7c46', '2026-11-29 00:18:26.6426+00', 'ada', 'bearer', 'send_signal', 'exec_20c6f5bc6b88e44d', 'succeeded', 'req_0940c7aa2c61d9bc', '127.0.0.1', '{"name":"go"}', '90fecc2fbd09918330d390a58c410f58bb7d1b774982ad0ee2ea0465873e9155', '93792f7b770f7c46fe2810c05e25b9354ee09006b1e1bef22d50bb168a307e01');
INSERT INTO public.audit_entry VALUES ('default', 0, 50, 'aud_25fee7919fc065dd', '2026-11-29 00:18:26.689014+00', 'ada', 'bearer', 'execute_workflow', 'exec_4d95f8a0c1f40a53', 'succeeded', 'req_7505e6f014c61195', '127.0.0.1', '{}', '93792f7b770f7c46fe2810c05e25b9354ee09006b1e1bef22d50bb168a307e01', '25fee7919fc065dd373aaa3d533cea7c82f1bf26982b10dc69011765fd2a77fc');
INSERT INTO public.audit_entry VALUES ('default', 1, 14, 'aud_6d00a79c634dda20', '2026-11-29 00:17:46.856403+00', 'ada', 'bearer', 'create_workflow', 'wf_63aeae8e0743466d', 'succeeded', 'req_35ede652c1dade09', '127.0.0.1', '{"name":"on failure"}', '70442d226d07327d659436e87c959821409ccbf7dc05ce70f6ac6edf7acaf220', '6d00a79c634dda2050c1988c0f65d36006e6fd00024428ecd1aedab5ec26c0a7');
INSERT INTO public.audit_entry VALUES ('default', 1, 20, 'aud_b72cdf3c5c793bff', '2026-11-29 00:17:47.525987+00', 'ada', 'bearer', 'create_workflow', 'wf_d0451244a2545df8', 'succeeded', 'req_dec63649c7bc4634', '127.0.0.1', '{"name":"branches"}', 'ce861caae27042822cc24b8ab13e14df47fb17acd0c6ad191dc36167de41cb46', 'b72cdf3c5c793bff705813137161dd547bbdacb4bc8695c975b6d9b98f4947f6');
INSERT INTO public.audit_entry VALUES ('default', 1, 25, 'aud_f1dde6753c8adccc', '2026-11-29 00:17:48.763632+00', 'ada', 'bearer', 'execute_workflow', 'exec_4d77f66578d1bc16', 'succeeded', 'req_b3189b1e3b6106a3', '127.0.0.1', '{}', '0413089e235a8c4692d676029bdad8d295905f7693691d0207ad43e4dd3847fd', 'f1dde6753c8adccc80da6296e1acef4a2d8ccd9511a3f39aad7d06d61f62a9ca');
INSERT INTO public.audit_entry VALUES ('default', 1, 28, 'aud_e911d9fb265a67dd', '2026-11-29 00:17:50.095005+00', 'ada', 'bearer', 'execute_workflow', 'exec_5333de467ac4a78a', 'succeeded', 'req_db7cbc2bafbcd0c3', '127.0.0.1', '{}', '5a5c3cb4fafb398715af950c4146ab10c3a5aaddc95787d55148e9fa2af59956', 'e911d9fb265a67dddac0fd0944bf46c789231be59c1a7cb653e7958ad323f35d');
INSERT INTO public.audit_entry VALUES ('default', 1, 38, 'aud_de574bfc4ee4b758', '2026-11-29 00:17:53.819571+00', 'ada', 'bearer', 'execute_workflow', 'exec_65c363536d503e5a', 'succeeded', 'req_bc59a9058872c677', '127.0.0.1', '{}', 'bee75a12a3fbdea7d141d6df5b282b3df6e734012096367c79add2471a14f486', 'de574bfc4ee4b758ad22764732eea87ec52bcf626ce0846f74bdc0125c8b89c2');
INSERT INTO public.audit_entry VALUES ('default', 1, 46, 'aud_ec73e6b2e51416e4', '2026-11-29 00:17:57.183443+00', 'ada', 'bearer', 'update_workflow', 'wf_75df2aaf48030be3', 'succeeded', 'req_d95f5754068407a0', '127.0.0.1', '{"version":"1.1"}', '2e29023b41a530dc4a894a3fa368931151da7e13cee7c29ac8d9e8f124155898', 'ec73e6b2e51416e4678e252ef9b704fdcaf7c2e6402070009352ae6bc1821d41');
INSERT INTO public.audit_entry VALUES ('default', 1, 47, 'aud_956df3e61bde2440', '2026-11-29 00:17:59.179599+00', 'vic', 'bearer', 'create_workflow', NULL, 'denied', 'req_351de9c7df7e1f07', '127.0.0.1', '{}', 'ec73e6b2e51416e4678e252ef9b704fdcaf7c2e6402070009352ae6bc1821d41', '956df3e61bde2440a5cb39a40e55fc8daf57569acdf8eacb9db6b039c822c95a');
INSERT INTO public.audit_entry VALUES ('default', 0, 14, 'aud_703af79dbd9108a0', '2026-11-29 00:17:46.935706+00', 'ada', 'bearer', 'create_workflow', 'wf_aad284f6e6c6429a', 'succeeded', 'req_a879fc4c626d3b3f', '127.0.0.1', '{"name":"child"}', '65f1f912f80c791470a7e75a5affd06eed7eda87344188cd2be2c49889363988', '703af79dbd9108a0424ef9b5b5bb3229e7b9ff15f4a000c4447417fe240f93d2');
INSERT INTO public.audit_entry VALUES ('default', 0, 22, 'aud_1d62ca01a5e38422', '2026-11-29 00:17:47.754771+00', 'ada', 'bearer', 'create_workflow', 'wf_8d5ce4b3f1e17f52', 'succeeded', 'req_52715daec93cc944', '127.0.0.1', '{"name":"of template"}', '775295f62d26b0e3c4a01dee53f9257f6fe2c3d38581c365d1a979ccbc0fbbc4', '1d62ca01a5e38422f3698f513d9c23a22f5e9acb967aa3b95bcf5a77f2292530');
INSERT INTO public.audit_entry VALUES ('default', 0, 28, 'aud_2cd40ce1954a32a7', '2026-11-29 00:17:50.695144+00', 'ada', 'bearer', 'execute_workflow', 'exec_f15271cfd88636b3', 'succeeded', 'req_232968bcd57ede27', '127.0.0.1', '{}', 'e77e71f845b7aee672cec5b7f5d1e5adb52855df7922877c905d13d58791ebdd', '2cd40ce1954a32a78996e6be2c05f637472e112cdcce8b984705847541e65025');
INSERT INTO public.audit_entry VALUES ('default', 0, 34, 'aud_9069b56c1a41c6d3', '2026-11-29 00:17:52.882037+00', 'ada', 'bearer', 'execute_workflow', 'exec_64ca17663eb44c70', 'succeeded', 'req_1541b66a9317a6be', '127.0.0.1', '{}', 'f75cb677b622baa7e4b6c7a7af48dac69525408fb99bcf0a36b439a17a8f5d61', '9069b56c1a41c6d3477a79c212baf0a1884694bd52de14456b4048e0a8cadfc4');
INSERT INTO public.audit_entry VALUES ('default', 0, 36, 'aud_e461c405f598d139', '2026-11-29 00:17:53.923634+00', 'ada', 'bearer', 'execute_workflow', 'exec_5d1b2e03df1e4f71', 'succeeded', 'req_7f78a967783122b6', '127.0.0.1', '{}', 'a88bf123fce2060524b345683aa86035d8c5bd36b776f6bbcf7ddef62994ed5f', 'e461c405f598d139cfdeef0060d41c1a6271f19305e0f629d03adfd3c46fa64a');
INSERT INTO public.audit_entry VALUES ('default', 0, 40, 'aud_ff8bdafbdf41f2bf', '2026-11-29 00:17:54.859439+00', 'ada', 'bearer', 'execute_workflow', 'exec_9eb37631e0457dee', 'succeeded', 'req_d3a8c7668e4cf85e', '127.0.0.1', '{}', '70de04d052f6d5b4ae1cee0272d3b7d0dfdf2bc97c37a38940152d3b7c95855d', 'ff8bdafbdf41f2bf054d7610aa66c05e62027d7694d4b2bf6c52312d0868526e');
INSERT INTO public.audit_entry VALUES ('default', 0, 41, 'aud_2670c5e5042dd43a', '2026-11-29 00:17:55.366858+00', 'ada', 'bearer', 'execute_workflow', 'exec_3e102c4d33f4db12', 'succeeded', 'req_00098f76d65c67c8', '127.0.0.1', '{}', 'ff8bdafbdf41f2bf054d7610aa66c05e62027d7694d4b2bf6c52312d0868526e', '2670c5e5042dd43a679c56e009f547b94ad80843fee831388f41608098816557');
INSERT INTO public.audit_entry VALUES ('default', 0, 44, 'aud_8658d8b4fc061cf5', '2026-11-29 00:17:57.011347+00', 'ada', 'bearer', 'create_approval_link', 'exec_e6e70180d949ead3', 'succeeded', 'req_0beae68d70de0594', '127.0.0.1', '{"of":"ask","approver":"bob"}', 'dc924dc25bfd3fed3fe3686bac4809deda91cb8ab73613ad6d6aa29e99d6a99c', '8658d8b4fc061cf5604b899255b8ff4ba9cb32625663fae1b28ca0f924ca1a4f');
INSERT INTO public.audit_entry VALUES ('default', 0, 45, 'aud_d1e830c67c9433f2', '2026-11-29 00:17:57.289446+00', 'ada', 'bearer', 'delete_workflow', 'wf_df28f1fc23768d27', 'succeeded', 'req_0056524d07dbe914', '127.0.0.1', '{"name":"deleted"}', '8658d8b4fc061cf5604b899255b8ff4ba9cb32625663fae1b28ca0f924ca1a4f', 'd1e830c67c9433f2103e7f92bfbb89b06c1d308139ab3baf5beaf0828fedf4ba');
INSERT INTO public.audit_entry VALUES ('default', 0, 47, 'aud_d392331a2696a4b4', '2026-11-29 00:18:26.366911+00', 'ada', 'bearer', 'execute_workflow', 'exec_cc890058a4ea6a4b', 'succeeded', 'req_9e7cdf5ed57fbcae', '127.0.0.1', '{}', '45298cae848c6a08380f98ed1bb5efa6aab7a89c9cbd35902ef58041228b335e', 'd392331a2696a4b4ee644b9a152e0d2c7a3de2c5e7ab87664642bfcf0d8fffe4');
INSERT INTO public.audit_entry VALUES ('default', 0, 48, 'aud_90fecc2fbd099183', '2026-11-29 00:18:26.453926+00', 'ada', 'bearer', 'execute_workflow', 'exec_20c6f5bc6b88e44d', 'succeeded', 'req_d23446442c61f835', '127.0.0.1', '{}', 'd392331a2696a4b4ee644b9a152e0d2c7a3de2c5e7ab87664642bfcf0d8fffe4', '90fecc2fbd09918330d390a58c410f58bb7d1b774982ad0ee2ea0465873e9155');
INSERT INTO public.audit_entry VALUES ('default', 1, 15, 'aud_c5db0fdeefcba02b', '2026-11-29 00:17:46.996227+00', 'ada', 'bearer', 'create_workflow', 'wf_0dbb03d06c638857', 'succeeded', 'req_adcf95d7c90e67d9', '127.0.0.1', '{"name":"middle"}', '6d00a79c634dda2050c1988c0f65d36006e6fd00024428ecd1aedab5ec26c0a7', 'c5db0fdeefcba02bcaa238b9b857921b3fb7f19c4366d94cf173e8e0521bb9ce');
INSERT INTO public.audit_entry VALUES ('default', 1, 22, 'aud_2db2b8e2ff0b6e84', '2026-11-29 00:17:47.834777+00', 'tess', 'user_header', 'create_workflow', 'wf_b9a86ad5b0fb497d', 'succeeded', 'req_f31be5f508df9e1f', '127.0.0.1', '{"name":"Failing delivery"}', '53e873e2fd63302156df383902b81d7ed8cfe6b47cdf4fb1b299d867cb0780ec', '2db2b8e2ff0b6e849e2ca5be41f68b142357370ea8b5f13f7c48e660175aeaff');
INSERT INTO public.audit_entry VALUES ('default', 1, 24, 'aud_0413089e235a8c46', '2026-11-29 00:17:48.203311+00', 'ada', 'bearer', 'execute_workflow', 'exec_45f98db1e18d2087', 'succeeded', 'req_ec7d7907cc6ad6e2', '127.0.0.1', '{}', '940a26888a8066c0e85abbfc0dd91bfc128042b4730524943026bb28efb88238', '0413089e235a8c4692d676029bdad8d295905f7693691d0207ad43e4dd3847fd');
INSERT INTO public.audit_entry VALUES ('default', 1, 30, 'aud_e61e7c8c2fb9775d', '2026-11-29 00:17:50.54702+00', 'ada', 'bearer', 'execute_workflow', 'exec_8b5469986b6143b8', 'succeeded', 'req_a99c85891223f4ce', '127.0.0.1', '{}', '33e605b37ed02cab1b88f140be94b5c03b6e61dc3a764b5fa2e1b611bf8a0d4c', 'e61e7c8c2fb9775d789ad26227880d1a57a60b790ea868e3472371401c8d8c83');
INSERT INTO public.audit_entry VALUES ('default', 1, 33, 'aud_b342610801994969', '2026-11-29 00:17:51.53634+00', 'ada', 'bearer', 'execute_workflow', 'exec_8c0c43d7cd1d232f', 'succeeded', 'req_abf732b9ef93853b', '127.0.0.1', '{}', 'c396032fa10e63f1e93d804a46ddedf8425a9cadaaa756f4c5f33522d4862df7', 'b342610801994969647bae4032db7cd058a1580314976bc1e1c5be16963d0fb0');
INSERT INTO public.audit_entry VALUES ('default', 1, 37, 'aud_bee75a12a3fbdea7', '2026-11-29 00:17:53.111502+00', 'ada', 'bearer', 'execute_workflow', 'exec_2fa51b017f8d35d2', 'succeeded', 'req_8425c06df8837964', '127.0.0.1', '{}', '405860c6a7294f1070c0290441603f2c8a085bdf7461db3ad80949a23781e7c3', 'bee75a12a3fbdea7d141d6df5b282b3df6e734012096367c79add2471a14f486');
INSERT INTO public.audit_entry VALUES ('default', 1, 41, 'aud_6cc9bfc22b816492', '2026-11-29 00:17:54.45913+00', 'ada', 'bearer', 'execute_workflow', 'exec_da28069608306879', 'succeeded', 'req_dbb237c8ae1cd0d6', '127.0.0.1', '{}', 'b1f7a7b7a1b2622eb3179069a0a7d9e3b6e80db5d609f48dd6fc47221ccd23db', '6cc9bfc22b816492483e674c304ca15d7b74ee57525c13c997830c90ced8ee9e');
INSERT INTO public.audit_entry VALUES ('default', 1, 42, 'aud_dc1c511f3c1e922d', '2026-11-29 00:17:54.74033+00', 'ada', 'bearer', 'execute_workflow', 'exec_5a7947c81949e733', 'succeeded', 'req_6aa19560c5db500c', '127.0.0.1', '{}', '6cc9bfc22b816492483e674c304ca15d7b74ee57525c13c997830c90ced8ee9e', 'dc1c511f3c1e922d394c68fa75cbe49f1b354d229c05f64df7d5f661b47cce51');
INSERT INTO public.audit_entry VALUES ('default', 1, 16, 'aud_f537730fb2ac8ec4', '2026-11-29 00:17:47.134821+00', 'ada', 'bearer', 'create_workflow', 'wf_4d542a87d8ccb120', 'succeeded', 'req_e51bd7b283cbc89d', '127.0.0.1', '{"name":"leaving"}', 'c5db0fdeefcba02bcaa238b9b857921b3fb7f19c4366d94cf173e8e0521bb9ce', 'f537730fb2ac8ec4d2e165fefb736ae54e8dbaaba7740d6e1eb1dfc4f14839f1');
INSERT INTO public.audit_entry VALUES ('default', 1, 21, 'aud_53e873e2fd633021', '2026-11-29 00:17:47.606715+00', 'ada', 'bearer', 'create_workflow', 'wf_00e1d6d4e01e225a', 'succeeded', 'req_1b4a368672651ff9', '127.0.0.1', '{"name":"quick"}', 'b72cdf3c5c793bff705813137161dd547bbdacb4bc8695c975b6d9b98f4947f6', '53e873e2fd63302156df383902b81d7ed8cfe6b47cdf4fb1b299d867cb0780ec');
INSERT INTO public.audit_entry VALUES ('default', 1, 29, 'aud_33e605b37ed02cab', '2026-11-29 00:17:50.29662+00', 'ada', 'bearer', 'execute_workflow', 'exec_9711627f5a39cbf2', 'succeeded', 'req_7dc8b5870db4d02b', '127.0.0.1', '{}', 'e911d9fb265a67dddac0fd0944bf46c789231be59c1a7cb653e7958ad323f35d', '33e605b37ed02cab1b88f140be94b5c03b6e61dc3a764b5fa2e1b611bf8a0d4c');
INSERT INTO public.audit_entry VALUES ('default', 1, 36, 'aud_405860c6a7294f10', '2026-11-29 00:17:52.556671+00', 'ada', 'bearer', 'execute_workflow', 'exec_e53b1352a9da2bc8', 'succeeded', 'req_cfb38b75c9c26592', '127.0.0.1', '{}', '200030a3767b741608f4d148c88873e0dc978f8ab9eea2838bc2f07571b3f036', '405860c6a7294f1070c0290441603f2c8a085bdf7461db3ad80949a23781e7c3');
INSERT INTO public.audit_entry VALUES ('default', 1, 39, 'aud_fb79f86169514e84', '2026-11-29 00:17:54.004363+00', 'ada', 'bearer', 'execute_workflow', 'exec_8476d182b2080785', 'succeeded', 'req_2f0406ffbdaf96ef', '127.0.0.1', '{}', 'de574bfc4ee4b758ad22764732eea87ec52bcf626ce0846f74bdc0125c8b89c2', 'fb79f86169514e843af04ce9d21c903d959cd6db9deb25c20e5074d3e350cbf2');
INSERT INTO public.audit_entry VALUES ('default', 0, 16, 'aud_b69aab0d88a80a0f', '2026-11-29 00:17:47.216124+00', 'ada', 'bearer', 'create_workflow', 'wf_f3a5b3e61a804c0e', 'succeeded', 'req_b9d7abed439f1a9d', '127.0.0.1', '{"name":"short"}', '8c55bbc01348e97813203680108d6e14c052591f83d2de5978b7d49b5ea78329', 'b69aab0d88a80a0f73385697474be41afeb0aa56c3c3cdb8c8d29badd59bb8e9');
INSERT INTO public.audit_entry VALUES ('default', 0, 19, 'aud_a208de09c317eea7', '2026-11-29 00:17:47.482623+00', 'ada', 'bearer', 'create_workflow', 'wf_df28f1fc23768d27', 'succeeded', 'req_05623895fd40505f', '127.0.0.1', '{"name":"deleted"}', '786c625b3998790c8b86f796587394ac57a9b815faf94f0cbac43273e0f0cf31', 'a208de09c317eea71742cf80231e33233c1501f566d063f28f6badde8700489f');
INSERT INTO public.audit_entry VALUES ('default', 0, 24, 'aud_41194bc54c20c709', '2026-11-29 00:17:48.479911+00', 'ada', 'bearer', 'execute_workflow', 'exec_ecd19e714fdf525a', 'succeeded', 'req_d93a267c32200bff', '127.0.0.1', '{}', '14da150df8aa21a8703bf4a7d1d483307e996aff32e6b2ff2078f736e2968512', '41194bc54c20c709eec1e1ed00881b3767f1025e8040dd6d17350c4750f0a31e');
INSERT INTO public.audit_entry VALUES ('default', 0, 27, 'aud_e77e71f845b7aee6', '2026-11-29 00:17:50.445016+00', 'ada', 'bearer', 'execute_workflow', 'exec_3d0da29357e6b653', 'succeeded', 'req_864abfa81d0df965', '127.0.0.1', '{}', '752836c08a097f5d4eaf34b4052028ee06a93d7eaefb9eb699ff9ec663fbb85b', 'e77e71f845b7aee672cec5b7f5d1e5adb52855df7922877c905d13d58791ebdd');
INSERT INTO public.audit_entry VALUES ('default', 0, 30, 'aud_16ac7f2c7b308087', '2026-11-29 00:17:51.371058+00', 'ada', 'bearer', 'execute_workflow', 'exec_e62ffd23a4301f6d', 'succeeded', 'req_d1c15fc4172b39a2', '127.0.0.1', '{}', '7733ff54fadebbea22f8a339103a0881473702398db293e4ba97697a9b4aefe0', '16ac7f2c7b308087cf5277fc015ba50895a94916adcdf370d0aacee8532edcd5');
INSERT INTO public.audit_entry VALUES ('default', 0, 46, 'aud_45298cae848c6a08', '2026-11-29 00:18:26.296127+00', 'ada', 'bearer', 'execute_workflow', 'exec_e95087492e81fec3', 'succeeded', 'req_a7eadcd2d3f3fa6a', '127.0.0.1', '{}', 'd1e830c67c9433f2103e7f92bfbb89b06c1d308139ab3baf5beaf0828fedf4ba', '45298cae848c6a08380f98ed1bb5efa6aab7a89c9cbd35902ef58041228b335e');
INSERT INTO public.audit_entry VALUES ('default', 0, 51, 'aud_4cfd0cd080362f1d', '2026-11-29 00:18:26.79799+00', 'ada', 'bearer', 'execute_workflow', 'exec_3532546d4732b383', 'succeeded', 'req_47332d75ce1b387e', '127.0.0.1', '{}', '25fee7919fc065dd373aaa3d533cea7c82f1bf26982b10dc69011765fd2a77fc', '4cfd0cd080362f1dded2e6a4ec4b31b0b70a7435a236ab08f5d33c962206ec7f');
INSERT INTO public.audit_entry VALUES ('default', 1, 17, 'aud_15b56b5339a6972d', '2026-11-29 00:17:47.263942+00', 'ada', 'bearer', 'create_workflow', 'wf_40f3e0a1d5c94795', 'succeeded', 'req_4d5835561a4e97e3', '127.0.0.1', '{"name":"children"}', 'f537730fb2ac8ec4d2e165fefb736ae54e8dbaaba7740d6e1eb1dfc4f14839f1', '15b56b5339a6972d7b7cf2dd46045982f64ff38c8f592fdb1c9b3d6f7a071756');
INSERT INTO public.audit_entry VALUES ('default', 1, 18, 'aud_fd47ecdc77301e6a', '2026-11-29 00:17:47.38164+00', 'ada', 'bearer', 'create_workflow', 'wf_638c3ac833967f38', 'succeeded', 'req_ec85caa09e654c99', '127.0.0.1', '{"name":"impatient"}', '15b56b5339a6972d7b7cf2dd46045982f64ff38c8f592fdb1c9b3d6f7a071756', 'fd47ecdc77301e6abf967b2e9f16e468bad2bec3de132819c7aeadbbb9526753');
INSERT INTO public.audit_entry VALUES ('default', 1, 23, 'aud_940a26888a8066c0', '2026-11-29 00:17:47.904761+00', 'ada', 'bearer', 'create_workflow', 'wf_c50447e7399427fe', 'succeeded', 'req_802d87b9b89c3c9b', '127.0.0.1', '{"name":"mocked"}', '2db2b8e2ff0b6e849e2ca5be41f68b142357370ea8b5f13f7c48e660175aeaff', '940a26888a8066c0e85abbfc0dd91bfc128042b4730524943026bb28efb88238');
INSERT INTO public.audit_entry VALUES ('default', 1, 32, 'aud_c396032fa10e63f1', '2026-11-29 00:17:51.158857+00', 'ada', 'bearer', 'execute_workflow', 'exec_dfe942058dfb8689', 'succeeded', 'req_d31bf371c4b404f5', '127.0.0.1', '{}', 'e60366fcb0f0faa001f5b5cfc43b30a2b01519cfa408b4e028685fb5481665e1', 'c396032fa10e63f1e93d804a46ddedf8425a9cadaaa756f4c5f33522d4862df7');
INSERT INTO public.audit_entry VALUES ('default', 1, 35, 'aud_200030a3767b7416', '2026-11-29 00:17:52.100154+00', 'ada', 'bearer', 'execute_workflow', 'exec_1b27fbd54db9091b', 'succeeded', 'req_459b72287b13df60', '127.0.0.1', '{}', 'b91ab77c6b9701ea86a253d93be82d82f229430d7af9d3228da45a1fa82cc3f5', '200030a3767b741608f4d148c88873e0dc978f8ab9eea2838bc2f07571b3f036');
INSERT INTO public.audit_entry VALUES ('default', 1, 40, 'aud_b1f7a7b7a1b2622e', '2026-11-29 00:17:54.255458+00', 'ada', 'bearer', 'execute_workflow', 'exec_f16aa7ac592547e4', 'succeeded', 'req_aa421f1c2e473607', '127.0.0.1', '{}', 'fb79f86169514e843af04ce9d21c903d959cd6db9deb25c20e5074d3e350cbf2', 'b1f7a7b7a1b2622eb3179069a0a7d9e3b6e80db5d609f48dd6fc47221ccd23db');
INSERT INTO public.audit_entry VALUES ('default', 1, 44, 'aud_a205c640fcbc5a37', '2026-11-29 00:17:56.594152+00', 'ada', 'bearer', 'cancel_execution', 'exec_7ec008b1d404bcc9', 'succeeded', 'req_fdf6eaa6380ab075', '127.0.0.1', '{}', 'cdf596ff30917e4006d715ba23617dcb45ba6519b9d71715b523035517951de4', 'a205c640fcbc5a377bd09579e6467133da7be77ea6c4d2df4907cddb8c85c211');
INSERT INTO public.audit_entry VALUES ('default', 1, 45, 'aud_2e29023b41a530dc', '2026-11-29 00:17:56.930907+00', 'bob', 'user_header', 'decide_approval', 'exec_dfe942058dfb8689', 'succeeded', 'req_40df49062b8340e2', '127.0.0.1', '{"of":"ask[0]","approved":true}', 'a205c640fcbc5a377bd09579e6467133da7be77ea6c4d2df4907cddb8c85c211', '2e29023b41a530dc4a894a3fa368931151da7e13cee7c29ac8d9e8f124155898');
INSERT INTO public.audit_entry VALUES ('default', 0, 18, 'aud_786c625b3998790c', '2026-11-29 00:17:47.416225+00', 'ada', 'bearer', 'create_workflow', 'wf_ffe5c31ff57745b3', 'succeeded', 'req_9db69e8e101fb3fc', '127.0.0.1', '{"name":"time over"}', '8d8a3b8df600129d5dc8374020f01b7b0b5aa99c243a5870df104ee6a93327bb', '786c625b3998790c8b86f796587394ac57a9b815faf94f0cbac43273e0f0cf31');
INSERT INTO public.audit_entry VALUES ('default', 0, 21, 'aud_775295f62d26b0e3', '2026-11-29 00:17:47.662778+00', 'ada', 'bearer', 'create_workflow', 'wf_411e821e829008f3', 'succeeded', 'req_d31d475f1caa89a5', '127.0.0.1', '{"name":"failing"}', 'bd9dc8dbec241e118dfe8618f436dc3264485ca58339f12a18fcd645bb831093', '775295f62d26b0e3c4a01dee53f9257f6fe2c3d38581c365d1a979ccbc0fbbc4');
INSERT INTO public.audit_entry VALUES ('default', 0, 25, 'aud_d6423099710a117d', '2026-11-29 00:17:48.955102+00', 'ada', 'bearer', 'execute_workflow', 'exec_3b8896335e91b126', 'succeeded', 'req_63a0317e7bd98f22', '127.0.0.1', '{}', '41194bc54c20c709eec1e1ed00881b3767f1025e8040dd6d17350c4750f0a31e', 'd6423099710a117d4b9e37e0c0366dd056db8e403fc89bb10399639bf2588cb1');
INSERT INTO public.audit_entry VALUES ('default', 0, 29, 'aud_7733ff54fadebbea', '2026-11-29 00:17:51.067218+00', 'ada', 'bearer', 'execute_workflow', 'exec_f76a81e5b4c1139e', 'succeeded', 'req_ab368071cd615cb5', '127.0.0.1', '{}', '2cd40ce1954a32a78996e6be2c05f637472e112cdcce8b984705847541e65025', '7733ff54fadebbea22f8a339103a0881473702398db293e4ba97697a9b4aefe0');
INSERT INTO public.audit_entry VALUES ('default', 0, 32, 'aud_7ac7704a18810855', '2026-11-29 00:17:51.791336+00', 'ada', 'bearer', 'execute_workflow', 'exec_9af32d0cbb889924', 'succeeded', 'req_b4faaf4ea884483e', '127.0.0.1', '{}', 'eab7b52fbe84824cb36a08518aac7c363bd2b9bff9925db76de0ce68f9ec3c7d', '7ac7704a18810855fa0cc5ea33ee734b2a763ada9ad3b66766eedc60eea3c3bd');
INSERT INTO public.audit_entry VALUES ('default', 0, 33, 'aud_f75cb677b622baa7', '2026-11-29 00:17:52.419365+00', 'ada', 'bearer', 'execute_workflow', 'exec_7ec008b1d404bcc9', 'succeeded', 'req_755556ca5d9adcd1', '127.0.0.1', '{}', '7ac7704a18810855fa0cc5ea33ee734b2a763ada9ad3b66766eedc60eea3c3bd', 'f75cb677b622baa7e4b6c7a7af48dac69525408fb99bcf0a36b439a17a8f5d61');
INSERT INTO public.audit_entry VALUES ('default', 0, 42, 'aud_e7fb98dfdba5bc2f', '2026-11-29 00:17:56.448059+00', 'ada', 'bearer', 'cancel_execution', 'exec_0e23daa105d1ecf2', 'succeeded', 'req_3d2dda1e7e52bdc1', '127.0.0.1', '{}', '2670c5e5042dd43a679c56e009f547b94ad80843fee831388f41608098816557', 'e7fb98dfdba5bc2f5a13bf1667257da9b19fa15337296b2fb6a52c57cd0466ec');
INSERT INTO public.audit_entry VALUES ('default', 1, 19, 'aud_ce861caae2704282', '2026-11-29 00:17:47.443834+00', 'ada', 'bearer', 'create_workflow', 'wf_75df2aaf48030be3', 'succeeded', 'req_fc23e58dd79541b0', '127.0.0.1', '{"name":"revised"}', 'fd47ecdc77301e6abf967b2e9f16e468bad2bec3de132819c7aeadbbb9526753', 'ce861caae27042822cc24b8ab13e14df47fb17acd0c6ad191dc36167de41cb46');
INSERT INTO public.audit_entry VALUES ('default', 1, 26, 'aud_9526ded33a9b5111', '2026-11-29 00:17:49.070946+00', 'ada', 'bearer', 'execute_workflow', 'exec_d0359e17c5240ffc', 'succeeded', 'req_1a3761d11409ef80', '127.0.0.1', '{}', 'f1dde6753c8adccc80da6296e1acef4a2d8ccd9511a3f39aad7d06d61f62a9ca', '9526ded33a9b511188a186b1c6c04feaa4363776348de478f532308c20a62a1e');
INSERT INTO public.audit_entry VALUES ('default', 1, 27, 'aud_5a5c3cb4fafb3987', '2026-11-29 00:17:49.678867+00', 'ada', 'bearer', 'cancel_execution', 'exec_d0359e17c5240ffc', 'succeeded', 'req_0f71e4dc3957d4bb', '127.0.0.1', '{}', '9526ded33a9b511188a186b1c6c04feaa4363776348de478f532308c20a62a1e', '5a5c3cb4fafb398715af950c4146ab10c3a5aaddc95787d55148e9fa2af59956');
INSERT INTO public.audit_entry VALUES ('default', 1, 31, 'aud_e60366fcb0f0faa0', '2026-11-29 00:17:50.88408+00', 'ada', 'bearer', 'execute_workflow', 'exec_e6e70180d949ead3', 'succeeded', 'req_b4e897bf3633ea40', '127.0.0.1', '{}', 'e61e7c8c2fb9775d789ad26227880d1a57a60b790ea868e3472371401c8d8c83', 'e60366fcb0f0faa001f5b5cfc43b30a2b01519cfa408b4e028685fb5481665e1');
INSERT INTO public.audit_entry VALUES ('default', 1, 34, 'aud_b91ab77c6b9701ea', '2026-11-29 00:17:51.699615+00', 'ada', 'bearer', 'execute_workflow', 'exec_0e23daa105d1ecf2', 'succeeded', 'req_4380ca9ecd57623e', '127.0.0.1', '{}', 'b342610801994969647bae4032db7cd058a1580314976bc1e1c5be16963d0fb0', 'b91ab77c6b9701ea86a253d93be82d82f229430d7af9d3228da45a1fa82cc3f5');
INSERT INTO public.audit_entry VALUES ('default', 1, 43, 'aud_cdf596ff30917e40', '2026-11-29 00:17:54.987362+00', 'ada', 'bearer', 'execute_workflow', 'exec_aeb23aa973f0f96d', 'succeeded', 'req_f078fc850d635a83', '127.0.0.1', '{}', 'dc1c511f3c1e922d394c68fa75cbe49f1b354d229c05f64df7d5f661b47cce51', 'cdf596ff30917e4006d715ba23617dcb45ba6519b9d71715b523035517951de4');


--
-- Data for Name: callback_attempt; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.callback_attempt VALUES ('cb_7f023ba2f94e53e2', 1, '2026-11-29 00:17:48.224801+00', 503, 'the target answered 503', 0.106841);
INSERT INTO public.callback_attempt VALUES ('cb_8f9b8ff2d27fda9d', 1, '2026-11-29 00:17:48.463296+00', 200, NULL, 0.013821);
INSERT INTO public.callback_attempt VALUES ('cb_7f023ba2f94e53e2', 2, '2026-11-29 00:17:53.730721+00', 503, 'the target answered 503', 0.044981);
INSERT INTO public.callback_attempt VALUES ('cb_21cb00424d94314b', 1, '2026-11-29 00:17:48.745646+00', NULL, 'no answer within 15 s', 15.000947);
INSERT INTO public.callback_attempt VALUES ('cb_21cb00424d94314b', 2, '2026-11-29 00:18:09.171907+00', NULL, 'no answer within 15 s', 15.002756);


--
-- Data for Name: callback_delivery; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.callback_delivery VALUES ('cb_8f9b8ff2d27fda9d', 'exec_45f98db1e18d2087', 'default', 'http://127.0.84.2:18084/delivered', '127.0.84.2', 'execution.completed', 'delivered', 1, 0, NULL, '2026-11-29 00:17:48.203787+00', '2026-11-29 00:17:48.477117+00', NULL);
INSERT INTO public.callback_delivery VALUES ('cb_7f023ba2f94e53e2', 'exec_b9e6cf1e110ad953', 'default', 'http://127.0.84.2:18084/refused', '127.0.84.2', 'execution.completed', 'pending', 2, 2, '2026-11-29 00:23:10.44377+00', '2026-11-29 00:17:47.992192+00', NULL, NULL);
INSERT INTO public.callback_delivery VALUES ('cb_21cb00424d94314b', 'exec_ecd19e714fdf525a', 'default', 'http://127.0.84.2:18084/sending', '127.0.84.2', 'execution.completed', 'pending', 2, 2, '2026-11-29 00:23:45.795829+00', '2026-11-29 00:17:48.480478+00', NULL, NULL);


--
-- Data for Name: change_counter; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.change_counter VALUES (1, 0);


--
-- Data for Name: execution; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.execution VALUES ('exec_b9e6cf1e110ad953', 'default', 'wf_d35b573f0ec85d80', 0, 'ada', '{}', 3600, 'http://127.0.84.2:18084/refused', NULL, NULL, 'completed', 1, 1, NULL, NULL, '2026-11-29 00:17:47.991634+00', '2026-11-29 00:17:47.99193+00', '2026-11-29 00:17:47.992192+00', NULL, NULL, 853, 'node_41d10f3c23b9c56a', NULL, NULL, NULL, 0);
INSERT INTO public.execution VALUES ('exec_45f98db1e18d2087', 'default', 'wf_d35b573f0ec85d80', 0, 'ada', '{}', 3600, 'http://127.0.84.2:18084/delivered', NULL, NULL, 'completed', 1, 1, NULL, NULL, '2026-11-29 00:17:48.203223+00', '2026-11-29 00:17:48.203539+00', '2026-11-29 00:17:48.203787+00', NULL, NULL, 856, 'node_6a86f112e8409d5a', NULL, NULL, NULL, 0);
INSERT INTO public.execution VALUES ('exec_ecd19e714fdf525a', 'default', 'wf_d35b573f0ec85d80', 0, 'ada', '{}', 3600, 'http://127.0.84.2:18084/sending', NULL, NULL, 'completed', 1, 1, NULL, NULL, '2026-11-29 00:17:48.479818+00', '2026-11-29 00:17:48.480155+00', '2026-11-29 00:17:48.480478+00', NULL, NULL, 861, 'node_41d10f3c23b9c56a', NULL, NULL, NULL, 0);
INSERT INTO public.execution VALUES ('exec_4d77f66578d1bc16', 'default', 'wf_00e1d6d4e01e225a', 0, 'ada', '{"n":0}', 3600, NULL, 'key of done', '9e773b0eae6b8b1f6507bbba7845bb6982339fc93c23a176a4068af8380b42ed', 'completed', 1, 1, NULL, NULL, '2026-11-29 00:17:48.763535+00', '2026-11-29 00:17:48.763863+00', '2026-11-29 00:17:48.934246+00', NULL, NULL, 868, 'node_6a86f112e8409d5a', NULL, NULL, NULL, 0);
INSERT INTO public.execution VALUES ('exec_3b8896335e91b126', 'default', 'wf_411e821e829008f3', 0, 'ada', '{}', 3600, NULL, NULL, NULL, 'failed', 1, 0, NULL, '{"code":"HTTP_ERROR","message":"scripted answered 503 to POST /broken/ended","action_id":"a","attempt":1,"retryable":true,"http_status":503}', '2026-11-29 00:17:48.955009+00', '2026-11-29 00:17:48.955364+00', '2026-11-29 00:17:49.052054+00', NULL, NULL, 872, 'node_41d10f3c23b9c56a', NULL, NULL, NULL, 0);
INSERT INTO public.execution VALUES ('exec_d0359e17c5240ffc', 'default', 'wf_bb6747f476f44173', 0, 'ada', '{}', 3600, NULL, NULL, NULL, 'cancelled', 2, 0, NULL, NULL, '2026-11-29 00:17:49.070861+00', '2026-11-29 00:17:49.071167+00', '2026-11-29 00:17:49.690359+00', NULL, NULL, 879, NULL, NULL, NULL, NULL, 0);
INSERT INTO public.execution VALUES ('exec_5333de467ac4a78a', 'default', 'wf_bb6747f476f44173', 0, 'ada', '{}', 3600, 'http://127.0.84.2:18084/signal', 'key of signal', 'f86413bbf4076a5c26e667d525a17486f6d1dcac2149db17f2818feb0a6092f8', 'running', 2, 0, NULL, NULL, '2026-11-29 00:17:50.094923+00', '2026-11-29 00:17:50.095212+00', NULL, NULL, '2026-11-29 01:17:50.095212+00', 883, NULL, NULL, NULL, NULL, 0);
INSERT INTO public.execution VALUES ('exec_55edc6ccbfd7ab70', 'default', 'wf_a309f45b43adfb99', 0, 'ada', '{}', 3600, NULL, NULL, NULL, 'running', 1, 0, NULL, NULL, '2026-11-29 00:17:50.154934+00', '2026-11-29 00:17:50.155272+00', NULL, NULL, '2026-11-29 00:19:50.238818+00', 885, NULL, NULL, NULL, NULL, 0);
INSERT INTO public.execution VALUES ('exec_9711627f5a39cbf2', 'default', 'wf_30672857af5d7955', 0, 'ada', '{}', 3600, NULL, NULL, NULL, 'running', 2, 0, NULL, NULL, '2026-11-29 00:17:50.296554+00', '2026-11-29 00:17:50.296806+00', NULL, NULL, '2026-11-29 00:22:50.29695+00', 891, NULL, NULL, NULL, NULL, 0);
INSERT INTO public.execution VALUES ('exec_3d0da29357e6b653', 'default', 'wf_7a2519ccba46d699', 0, 'ada', '{}', 3600, NULL, NULL, NULL, 'running', 2, 0, NULL, NULL, '2026-11-29 00:17:50.44495+00', '2026-11-29 00:17:50.445191+00', NULL, NULL, '2026-11-29 00:27:50.445324+00', 897, NULL, NULL, NULL, NULL, 0);
INSERT INTO public.execution VALUES ('exec_e6e70180d949ead3', 'default', 'wf_cfe31a5fbf74e408', 0, 'ada', '{}', 3600, NULL, NULL, NULL, 'running', 2, 0, NULL, NULL, '2026-11-29 00:17:50.883999+00', '2026-11-29 00:17:50.884332+00', NULL, NULL, '2026-11-29 01:17:50.884332+00', 911, NULL, NULL, NULL, NULL, 0);
INSERT INTO public.execution VALUES ('exec_f15271cfd88636b3', 'default', 'wf_47cb2fa0400d3aca', 0, 'ada', '{}', 3600, NULL, NULL, NULL, 'running', 2, 1, NULL, NULL, '2026-11-29 00:17:50.695047+00', '2026-11-29 00:17:50.695394+00', NULL, NULL, '2026-11-29 01:17:50.695394+00', 904, NULL, NULL, NULL, NULL, 0);
INSERT INTO public.execution VALUES ('exec_f76a81e5b4c1139e', 'default', 'wf_ca5e13f620bc7dd4', 0, 'ada', '{}', 3600, NULL, NULL, NULL, 'running', 1, 0, NULL, NULL, '2026-11-29 00:17:51.067145+00', '2026-11-29 00:17:51.067404+00', NULL, NULL, '2026-11-29 00:27:51.067576+00', 918, NULL, NULL, NULL, NULL, 0);
INSERT INTO public.execution VALUES ('exec_e62ffd23a4301f6d', 'default', 'wf_a7bc914fe7a3c901', 0, 'ada', '{}', 3600, NULL, NULL, NULL, 'running', 2, 0, 'each', NULL, '2026-11-29 00:17:51.370978+00', '2026-11-29 00:17:51.371294+00', NULL, NULL, '2026-11-29 00:22:51.371545+00', 925, NULL, NULL, NULL, NULL, 0);
INSERT INTO public.execution VALUES ('exec_8c0c43d7cd1d232f', 'default', 'wf_4634374b9952f37e', 0, 'ada', '{}', 3600, NULL, NULL, NULL, 'running', 1, 0, NULL, NULL, '2026-11-29 00:17:51.53629+00', '2026-11-29 00:17:51.536544+00', NULL, NULL, '2026-11-29 00:19:51.593715+00', 929, NULL, NULL, NULL, NULL, 0);
INSERT INTO public.execution VALUES ('exec_7b7b4cb375640651', 'default', 'wf_430442fc4387207c', 0, 'ada', '{}', 3600, NULL, NULL, NULL, 'running', 2, 0, NULL, NULL, '2026-11-29 00:17:51.611163+00', '2026-11-29 00:17:51.611433+00', NULL, NULL, '2026-11-29 01:17:51.611433+00', 936, NULL, NULL, NULL, NULL, 0);
INSERT INTO public.execution VALUES ('exec_9af32d0cbb889924', 'default', 'wf_63aeae8e0743466d', 0, 'ada', '{}', 3600, NULL, NULL, NULL, 'running', 1, 0, NULL, NULL, '2026-11-29 00:17:51.791274+00', '2026-11-29 00:17:51.791503+00', NULL, NULL, '2026-11-29 00:22:51.943923+00', 942, NULL, NULL, NULL, NULL, 0);
INSERT INTO public.execution VALUES ('exec_1b27fbd54db9091b', 'default', 'wf_66f79ff6de17a3a7', 0, 'ada', '{}', 3600, NULL, NULL, NULL, 'running', 2, 0, NULL, NULL, '2026-11-29 00:17:52.10008+00', '2026-11-29 00:17:52.100412+00', NULL, NULL, '2026-11-29 01:17:52.100412+00', 951, NULL, NULL, NULL, NULL, 0);
INSERT INTO public.execution VALUES ('exec_64ca17663eb44c70', 'default', 'wf_ffe5c31ff57745b3', 0, 'ada', '{}', 600, NULL, NULL, NULL, 'running', 1, 0, NULL, NULL, '2026-11-29 00:17:52.881998+00', '2026-11-29 00:17:52.882199+00', NULL, NULL, '2026-11-29 00:27:52.882199+00', 967, NULL, NULL, NULL, NULL, 0);
INSERT INTO public.execution VALUES ('exec_e6e486e5e59be80d', 'default', 'wf_0dbb03d06c638857', 0, 'ada', '{"who":"ada"}', 3600, NULL, NULL, NULL, 'running', 1, 0, NULL, NULL, '2026-11-29 00:17:52.350663+00', '2026-11-29 00:17:52.888256+00', NULL, NULL, '2026-11-29 01:17:52.888256+00', 967, NULL, NULL, 'exec_1b27fbd54db9091b', 'cancel', 1);
INSERT INTO public.execution VALUES ('exec_53dc3422d4932355', 'default', 'wf_aad284f6e6c6429a', 0, 'ada', '{"who":"ada"}', 3600, NULL, NULL, NULL, 'running', 2, 0, NULL, NULL, '2026-11-29 00:17:53.088689+00', '2026-11-29 00:17:53.18722+00', NULL, NULL, '2026-11-29 01:17:53.18722+00', 975, NULL, NULL, 'exec_e6e486e5e59be80d', 'cancel', 2);
INSERT INTO public.execution VALUES ('exec_e53b1352a9da2bc8', 'default', 'wf_40f3e0a1d5c94795', 0, 'ada', '{}', 3600, NULL, NULL, NULL, 'running', 1, 0, 'sub', NULL, '2026-11-29 00:17:52.556597+00', '2026-11-29 00:17:52.556927+00', NULL, NULL, '2026-11-29 01:17:52.556927+00', 959, NULL, NULL, NULL, NULL, 0);
INSERT INTO public.execution VALUES ('exec_f73f8d26dd836f57', 'default', 'wf_aad284f6e6c6429a', 0, 'ada', '{"who":"nobody"}', 3600, NULL, NULL, NULL, 'running', 2, 0, NULL, NULL, '2026-11-29 00:17:52.527133+00', '2026-11-29 00:17:53.112007+00', NULL, NULL, '2026-11-29 01:17:53.112007+00', 977, NULL, NULL, 'exec_7ec008b1d404bcc9', 'abandon', 1);
INSERT INTO public.execution VALUES ('exec_119cad0dce7a77f0', 'default', 'wf_df28f1fc23768d27', 0, 'ada', '{}', 3600, NULL, NULL, NULL, 'running', 2, 0, NULL, NULL, '2026-11-29 00:17:53.582724+00', '2026-11-29 00:17:53.583102+00', NULL, NULL, '2026-11-29 00:22:53.583286+00', 985, NULL, NULL, NULL, NULL, 0);
INSERT INTO public.execution VALUES ('exec_2fa51b017f8d35d2', 'default', 'wf_75df2aaf48030be3', 0, 'ada', '{}', 3600, NULL, NULL, NULL, 'running', 2, 0, NULL, NULL, '2026-11-29 00:17:53.111454+00', '2026-11-29 00:17:53.111731+00', NULL, NULL, '2026-11-29 01:17:53.111731+00', 977, NULL, NULL, NULL, NULL, 0);
INSERT INTO public.execution VALUES ('exec_c3f481c6f1f15e02', 'default', 'wf_f3a5b3e61a804c0e', 0, 'ada', '{"n":1}', 3600, NULL, NULL, NULL, 'running', 2, 0, NULL, NULL, '2026-11-29 00:17:52.786887+00', '2026-11-29 00:17:53.443618+00', NULL, NULL, '2026-11-29 00:22:53.443782+00', 982, NULL, NULL, 'exec_e53b1352a9da2bc8', 'cancel', 1);
INSERT INTO public.execution VALUES ('exec_b90655cc00e900b5', 'default', 'wf_f3a5b3e61a804c0e', 0, 'ada', '{"n":2}', 3600, NULL, NULL, NULL, 'running', 2, 0, NULL, NULL, '2026-11-29 00:17:52.794776+00', '2026-11-29 00:17:53.754261+00', NULL, NULL, '2026-11-29 00:22:53.759196+00', 993, NULL, NULL, 'exec_e53b1352a9da2bc8', 'cancel', 1);
INSERT INTO public.execution VALUES ('exec_5d1b2e03df1e4f71', 'default', 'wf_c50447e7399427fe', 0, 'ada', '{}', 3600, NULL, NULL, NULL, 'running', 3, 1, NULL, NULL, '2026-11-29 00:17:53.923562+00', '2026-11-29 00:17:53.923806+00', NULL, NULL, '2026-11-29 00:22:53.974988+00', 1000, NULL, NULL, NULL, NULL, 0);
INSERT INTO public.execution VALUES ('exec_8476d182b2080785', 'default', 'wf_bc1db164a0521140', 0, 'ada', '{"until":"2026-11-29T00:32:50.011Z"}', 3600, NULL, NULL, NULL, 'running', 2, 0, NULL, NULL, '2026-11-29 00:17:54.004299+00', '2026-11-29 00:17:54.004921+00', NULL, NULL, '2026-11-29 00:32:50.011+00', 1004, NULL, NULL, NULL, NULL, 0);
INSERT INTO public.execution VALUES ('exec_27182e2596f9cae9', 'default', 'wf_d0451244a2545df8', 0, 'ada', '{"n":1,"big":12345678901234567890,"note":"ünïcode ✓"}', 3600, NULL, NULL, NULL, 'running', 6, 4, NULL, NULL, '2026-11-29 00:17:54.148693+00', '2026-11-29 00:17:54.14891+00', NULL, NULL, '2026-11-29 00:22:54.243778+00', 1009, NULL, NULL, NULL, NULL, 0);
INSERT INTO public.execution VALUES ('exec_f16aa7ac592547e4', 'default', 'wf_30672857af5d7955', 0, 'ada', '{}', 3600, 'http://127.0.84.2:18084/timer', NULL, NULL, 'running', 2, 0, NULL, NULL, '2026-11-29 00:17:54.255403+00', '2026-11-29 00:17:54.255613+00', NULL, NULL, '2026-11-29 00:22:54.255761+00', 1012, NULL, NULL, NULL, NULL, 0);
INSERT INTO public.execution VALUES ('exec_502a8cd725273cb3', 'default', 'wf_ef5b77921bb86571', 0, 'ada', '{"customer":"a"}', 3600, NULL, NULL, NULL, 'running', 2, 0, NULL, NULL, '2026-11-29 00:17:54.353785+00', '2026-11-29 00:17:54.354498+00', NULL, NULL, '2026-11-29 01:17:54.354498+00', 1017, NULL, 'a', NULL, NULL, 0);
INSERT INTO public.execution VALUES ('exec_da28069608306879', 'default', 'wf_ef5b77921bb86571', 0, 'ada', '{"customer":"a"}', 3600, NULL, NULL, NULL, 'queued', 2, 0, NULL, NULL, '2026-11-29 00:17:54.459022+00', NULL, NULL, NULL, NULL, 1021, NULL, 'a', NULL, NULL, 0);
INSERT INTO public.execution VALUES ('exec_3d68d00041838b8b', 'default', 'wf_ef5b77921bb86571', 0, 'ada', '{"customer":"a"}', 3600, NULL, NULL, NULL, 'queued', 2, 0, NULL, NULL, '2026-11-29 00:17:54.629043+00', NULL, NULL, NULL, NULL, 1025, NULL, 'a', NULL, NULL, 0);
INSERT INTO public.execution VALUES ('exec_5a7947c81949e733', 'default', 'wf_ef5b77921bb86571', 0, 'ada', '{"customer":"b"}', 3600, NULL, NULL, NULL, 'running', 2, 0, NULL, NULL, '2026-11-29 00:17:54.740236+00', '2026-11-29 00:17:54.740472+00', NULL, NULL, '2026-11-29 01:17:54.740472+00', 1028, NULL, 'b', NULL, NULL, 0);
INSERT INTO public.execution VALUES ('exec_aeb23aa973f0f96d', 'default', 'wf_638c3ac833967f38', 0, 'ada', '{}', 3600, NULL, NULL, NULL, 'running', 1, 0, NULL, NULL, '2026-11-29 00:17:54.98732+00', '2026-11-29 00:17:54.987517+00', NULL, 600, '2026-11-29 01:17:54.987517+00', 1036, NULL, '', NULL, NULL, 0);
INSERT INTO public.execution VALUES ('exec_7ec008b1d404bcc9', 'default', 'wf_4d542a87d8ccb120', 0, 'ada', '{}', 3600, NULL, NULL, NULL, 'cancelled', 1, 0, NULL, NULL, '2026-11-29 00:17:52.419285+00', '2026-11-29 00:17:52.41959+00', '2026-11-29 00:17:56.618869+00', NULL, NULL, 1050, NULL, NULL, NULL, NULL, 0);
INSERT INTO public.execution VALUES ('exec_e95087492e81fec3', 'default', 'wf_42598d7204c711ec', 0, 'ada', '{}', 3600, NULL, NULL, NULL, 'running', 2, 0, 'slow', NULL, '2026-11-29 00:18:26.296068+00', '2026-11-29 00:18:26.296286+00', NULL, NULL, NULL, 1132, 'node_41d10f3c23b9c56a', NULL, NULL, NULL, 0);
INSERT INTO public.execution VALUES ('exec_65c363536d503e5a', 'default', 'wf_367c117692f8934f', 0, 'ada', '{}', 3600, NULL, NULL, NULL, 'running', 3, 2, NULL, NULL, '2026-11-29 00:17:53.819416+00', '2026-11-29 00:17:53.826733+00', NULL, NULL, NULL, 997, 'node_41d10f3c23b9c56a', NULL, NULL, NULL, 0);
INSERT INTO public.execution VALUES ('exec_3532546d4732b383', 'default', 'wf_00e1d6d4e01e225a', 0, 'ada', '{"n":2}', 3600, NULL, NULL, NULL, 'queued', 1, 0, NULL, NULL, '2026-11-29 00:18:26.79791+00', NULL, NULL, NULL, NULL, 1146, NULL, NULL, NULL, NULL, 0);
INSERT INTO public.execution VALUES ('exec_cc890058a4ea6a4b', 'default', 'wf_6fbd1544c6e208d1', 0, 'ada', '{}', 3600, NULL, NULL, NULL, 'running', 1, 0, 'each', NULL, '2026-11-29 00:18:26.366852+00', '2026-11-29 00:18:26.367069+00', NULL, NULL, NULL, 1134, 'node_41d10f3c23b9c56a', NULL, NULL, NULL, 0);
INSERT INTO public.execution VALUES ('exec_9eb37631e0457dee', 'default', 'wf_ef5b77921bb86571', 0, 'ada', '{"customer":"b"}', 3600, NULL, NULL, NULL, 'queued', 2, 0, NULL, NULL, '2026-11-29 00:17:54.859294+00', NULL, NULL, NULL, NULL, 1031, NULL, 'b', NULL, NULL, 0);
INSERT INTO public.execution VALUES ('exec_3e102c4d33f4db12', 'default', 'wf_638c3ac833967f38', 0, 'ada', '{}', 3600, NULL, NULL, NULL, 'queued', 1, 0, NULL, NULL, '2026-11-29 00:17:55.36681+00', NULL, NULL, 600, '2026-11-29 00:27:55.36681+00', 1043, NULL, '', NULL, NULL, 0);
INSERT INTO public.execution VALUES ('exec_8b5469986b6143b8', 'default', 'wf_563f03b9adca1957', 0, 'ada', '{}', 3600, NULL, NULL, NULL, 'running', 2, 0, NULL, NULL, '2026-11-29 00:17:50.546945+00', '2026-11-29 00:17:50.547207+00', NULL, NULL, '2026-11-29 01:17:50.547207+00', 903, NULL, NULL, NULL, NULL, 0);
INSERT INTO public.execution VALUES ('exec_4d95f8a0c1f40a53', 'default', 'wf_00e1d6d4e01e225a', 0, 'ada', '{"n":1}', 3600, NULL, NULL, NULL, 'queued', 1, 0, NULL, NULL, '2026-11-29 00:18:26.688924+00', NULL, NULL, NULL, NULL, 1144, NULL, NULL, NULL, NULL, 0);
INSERT INTO public.execution VALUES ('exec_0e23daa105d1ecf2', 'default', 'wf_ebc9b8d4b16cae9a', 0, 'ada', '{}', 3600, NULL, NULL, NULL, 'running', 2, 1, NULL, NULL, '2026-11-29 00:17:51.699568+00', '2026-11-29 00:17:51.699771+00', NULL, NULL, '2026-11-29 00:22:56.603699+00', 940, NULL, NULL, NULL, NULL, 0);
INSERT INTO public.execution VALUES ('exec_dfe942058dfb8689', 'default', 'wf_a090ad85f581d26d', 0, 'ada', '{}', 3600, NULL, NULL, NULL, 'running', 1, 0, 'ask', NULL, '2026-11-29 00:17:51.158784+00', '2026-11-29 00:17:51.159039+00', NULL, NULL, '2026-11-29 01:17:51.159039+00', 922, NULL, NULL, NULL, NULL, 0);
INSERT INTO public.execution VALUES ('exec_20c6f5bc6b88e44d', 'default', 'wf_ffa9c89869d6080a', 0, 'ada', '{}', 3600, NULL, NULL, NULL, 'running', 3, 0, 'slow', NULL, '2026-11-29 00:18:26.453898+00', '2026-11-29 00:18:26.45404+00', NULL, NULL, NULL, 1137, 'node_41d10f3c23b9c56a', NULL, NULL, NULL, 0);


--
-- Data for Name: execution_event; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.execution_event VALUES ('exec_b9e6cf1e110ad953', 1, 'execution_queued', '2026-11-29 00:17:47.991634+00', NULL, '{}', 'own_147c78174bf19dd7');
INSERT INTO public.execution_event VALUES ('exec_b9e6cf1e110ad953', 2, 'execution_started', '2026-11-29 00:17:47.99193+00', NULL, '{}', 'own_147c78174bf19dd7');
INSERT INTO public.execution_event VALUES ('exec_b9e6cf1e110ad953', 3, 'action_started', '2026-11-29 00:17:47.992042+00', 'done', '{"attempt":1}', 'own_147c78174bf19dd7');
INSERT INTO public.execution_event VALUES ('exec_b9e6cf1e110ad953', 4, 'action_succeeded', '2026-11-29 00:17:47.992125+00', 'done', '{"response":{"channel":"log","level":"info","message":"hello"}}', 'own_147c78174bf19dd7');
INSERT INTO public.execution_event VALUES ('exec_b9e6cf1e110ad953', 5, 'execution_completed', '2026-11-29 00:17:47.992192+00', NULL, '{}', 'own_147c78174bf19dd7');
INSERT INTO public.execution_event VALUES ('exec_45f98db1e18d2087', 1, 'execution_queued', '2026-11-29 00:17:48.203223+00', NULL, '{}', 'own_d4f99d0e1ba08aca');
INSERT INTO public.execution_event VALUES ('exec_45f98db1e18d2087', 2, 'execution_started', '2026-11-29 00:17:48.203539+00', NULL, '{}', 'own_d4f99d0e1ba08aca');
INSERT INTO public.execution_event VALUES ('exec_45f98db1e18d2087', 3, 'action_started', '2026-11-29 00:17:48.203648+00', 'done', '{"attempt":1}', 'own_d4f99d0e1ba08aca');
INSERT INTO public.execution_event VALUES ('exec_45f98db1e18d2087', 4, 'action_succeeded', '2026-11-29 00:17:48.203731+00', 'done', '{"response":{"channel":"log","level":"info","message":"hello"}}', 'own_d4f99d0e1ba08aca');
INSERT INTO public.execution_event VALUES ('exec_45f98db1e18d2087', 5, 'execution_completed', '2026-11-29 00:17:48.203787+00', NULL, '{}', 'own_d4f99d0e1ba08aca');
INSERT INTO public.execution_event VALUES ('exec_ecd19e714fdf525a', 1, 'execution_queued', '2026-11-29 00:17:48.479818+00', NULL, '{}', 'own_aa36e839970e2014');
INSERT INTO public.execution_event VALUES ('exec_ecd19e714fdf525a', 2, 'execution_started', '2026-11-29 00:17:48.480155+00', NULL, '{}', 'own_aa36e839970e2014');
INSERT INTO public.execution_event VALUES ('exec_ecd19e714fdf525a', 3, 'action_started', '2026-11-29 00:17:48.480302+00', 'done', '{"attempt":1}', 'own_aa36e839970e2014');
INSERT INTO public.execution_event VALUES ('exec_ecd19e714fdf525a', 4, 'action_succeeded', '2026-11-29 00:17:48.480406+00', 'done', '{"response":{"channel":"log","level":"info","message":"hello"}}', 'own_aa36e839970e2014');
INSERT INTO public.execution_event VALUES ('exec_ecd19e714fdf525a', 5, 'execution_completed', '2026-11-29 00:17:48.480478+00', NULL, '{}', 'own_aa36e839970e2014');
INSERT INTO public.execution_event VALUES ('exec_4d77f66578d1bc16', 1, 'execution_queued', '2026-11-29 00:17:48.763535+00', NULL, '{}', 'own_ad67887da8242847');
INSERT INTO public.execution_event VALUES ('exec_4d77f66578d1bc16', 2, 'execution_started', '2026-11-29 00:17:48.763863+00', NULL, '{}', 'own_ad67887da8242847');
INSERT INTO public.execution_event VALUES ('exec_4d77f66578d1bc16', 3, 'action_started', '2026-11-29 00:17:48.764068+00', 'a', '{"attempt":1}', 'own_ad67887da8242847');
INSERT INTO public.execution_event VALUES ('exec_4d77f66578d1bc16', 4, 'action_succeeded', '2026-11-29 00:17:48.934128+00', 'a', '{"response":{"ok":"/quick/0"}}', 'own_ad67887da8242847');
INSERT INTO public.execution_event VALUES ('exec_4d77f66578d1bc16', 5, 'execution_completed', '2026-11-29 00:17:48.934246+00', NULL, '{}', 'own_ad67887da8242847');
INSERT INTO public.execution_event VALUES ('exec_3b8896335e91b126', 1, 'execution_queued', '2026-11-29 00:17:48.955009+00', NULL, '{}', 'own_3dce00b31a4aa909');
INSERT INTO public.execution_event VALUES ('exec_3b8896335e91b126', 2, 'execution_started', '2026-11-29 00:17:48.955364+00', NULL, '{}', 'own_3dce00b31a4aa909');
INSERT INTO public.execution_event VALUES ('exec_3b8896335e91b126', 3, 'action_started', '2026-11-29 00:17:48.955586+00', 'a', '{"attempt":1}', 'own_3dce00b31a4aa909');
INSERT INTO public.execution_event VALUES ('exec_3b8896335e91b126', 4, 'action_failed', '2026-11-29 00:17:49.051934+00', 'a', '{"response":{"no":1},"error":{"code":"HTTP_ERROR","message":"scripted answered 503 to POST /broken/ended","action_id":"a","attempt":1,"retryable":true,"http_status":503}}', 'own_3dce00b31a4aa909');
INSERT INTO public.execution_event VALUES ('exec_3b8896335e91b126', 5, 'execution_failed', '2026-11-29 00:17:49.052054+00', NULL, '{"error":{"code":"HTTP_ERROR","message":"scripted answered 503 to POST /broken/ended","action_id":"a","attempt":1,"retryable":true,"http_status":503}}', 'own_3dce00b31a4aa909');
INSERT INTO public.execution_event VALUES ('exec_d0359e17c5240ffc', 1, 'execution_queued', '2026-11-29 00:17:49.070861+00', NULL, '{}', 'own_56519abe15cfe55c');
INSERT INTO public.execution_event VALUES ('exec_d0359e17c5240ffc', 2, 'execution_started', '2026-11-29 00:17:49.071167+00', NULL, '{}', 'own_56519abe15cfe55c');
INSERT INTO public.execution_event VALUES ('exec_d0359e17c5240ffc', 3, 'action_started', '2026-11-29 00:17:49.071289+00', 'go', '{"attempt":1}', 'own_56519abe15cfe55c');
INSERT INTO public.execution_event VALUES ('exec_d0359e17c5240ffc', 4, 'action_waiting', '2026-11-29 00:17:49.071372+00', 'go', '{"reason":"signal","notes":{"signal":"go"},"address":"signal:go"}', 'own_56519abe15cfe55c');
INSERT INTO public.execution_event VALUES ('exec_d0359e17c5240ffc', 5, 'execution_cancelled', '2026-11-29 00:17:49.690359+00', NULL, '{"user_id":"ada"}', 'own_7a305971bde6daa6');
INSERT INTO public.execution_event VALUES ('exec_5333de467ac4a78a', 1, 'execution_queued', '2026-11-29 00:17:50.094923+00', NULL, '{}', 'own_bebf0391b414e1e2');
INSERT INTO public.execution_event VALUES ('exec_5333de467ac4a78a', 2, 'execution_started', '2026-11-29 00:17:50.095212+00', NULL, '{}', 'own_bebf0391b414e1e2');
INSERT INTO public.execution_event VALUES ('exec_5333de467ac4a78a', 3, 'action_started', '2026-11-29 00:17:50.095331+00', 'go', '{"attempt":1}', 'own_bebf0391b414e1e2');
INSERT INTO public.execution_event VALUES ('exec_5333de467ac4a78a', 4, 'action_waiting', '2026-11-29 00:17:50.095406+00', 'go', '{"reason":"signal","notes":{"signal":"go"},"address":"signal:go"}', 'own_bebf0391b414e1e2');
INSERT INTO public.execution_event VALUES ('exec_55edc6ccbfd7ab70', 1, 'execution_queued', '2026-11-29 00:17:50.154934+00', NULL, '{}', 'own_85018327269ff139');
INSERT INTO public.execution_event VALUES ('exec_55edc6ccbfd7ab70', 2, 'execution_started', '2026-11-29 00:17:50.155272+00', NULL, '{}', 'own_85018327269ff139');
INSERT INTO public.execution_event VALUES ('exec_55edc6ccbfd7ab70', 3, 'action_started', '2026-11-29 00:17:50.155464+00', 'a', '{"attempt":1}', 'own_85018327269ff139');
INSERT INTO public.execution_event VALUES ('exec_55edc6ccbfd7ab70', 4, 'action_retry_scheduled', '2026-11-29 00:17:50.238872+00', 'a', '{"attempt":1,"error":{"code":"HTTP_ERROR","message":"scripted answered 503 to POST /broken/retry","action_id":"a","attempt":1,"retryable":true,"http_status":503},"reason":"retry_backoff","due_at":"2026-11-29T00:19:50.238818Z"}', 'own_85018327269ff139');
INSERT INTO public.execution_event VALUES ('exec_9711627f5a39cbf2', 1, 'execution_queued', '2026-11-29 00:17:50.296554+00', NULL, '{}', 'own_07c9118c5fe753c6');
INSERT INTO public.execution_event VALUES ('exec_9711627f5a39cbf2', 2, 'execution_started', '2026-11-29 00:17:50.296806+00', NULL, '{}', 'own_07c9118c5fe753c6');
INSERT INTO public.execution_event VALUES ('exec_9711627f5a39cbf2', 3, 'action_started', '2026-11-29 00:17:50.296916+00', 'pause', '{"attempt":1}', 'own_07c9118c5fe753c6');
INSERT INTO public.execution_event VALUES ('exec_9711627f5a39cbf2', 4, 'action_waiting', '2026-11-29 00:17:50.296993+00', 'pause', '{"reason":"timer","notes":{},"due_at":"2026-11-29T00:22:50.296950Z"}', 'own_07c9118c5fe753c6');
INSERT INTO public.execution_event VALUES ('exec_3d0da29357e6b653', 1, 'execution_queued', '2026-11-29 00:17:50.44495+00', NULL, '{}', 'own_cbcaf533d77a3158');
INSERT INTO public.execution_event VALUES ('exec_3d0da29357e6b653', 2, 'execution_started', '2026-11-29 00:17:50.445191+00', NULL, '{}', 'own_cbcaf533d77a3158');
INSERT INTO public.execution_event VALUES ('exec_3d0da29357e6b653', 3, 'action_started', '2026-11-29 00:17:50.445284+00', 'go', '{"attempt":1}', 'own_cbcaf533d77a3158');
INSERT INTO public.execution_event VALUES ('exec_3d0da29357e6b653', 4, 'action_waiting', '2026-11-29 00:17:50.445367+00', 'go', '{"reason":"signal","notes":{"signal":"go"},"address":"signal:go","due_at":"2026-11-29T00:27:50.445324Z"}', 'own_cbcaf533d77a3158');
INSERT INTO public.execution_event VALUES ('exec_8b5469986b6143b8', 1, 'execution_queued', '2026-11-29 00:17:50.546945+00', NULL, '{}', 'own_39682b6c2866f0be');
INSERT INTO public.execution_event VALUES ('exec_8b5469986b6143b8', 2, 'execution_started', '2026-11-29 00:17:50.547207+00', NULL, '{}', 'own_39682b6c2866f0be');
INSERT INTO public.execution_event VALUES ('exec_8b5469986b6143b8', 3, 'action_started', '2026-11-29 00:17:50.547383+00', 'ask', '{"attempt":1}', 'own_39682b6c2866f0be');
INSERT INTO public.execution_event VALUES ('exec_8b5469986b6143b8', 4, 'action_waiting', '2026-11-29 00:17:50.54749+00', 'ask', '{"reason":"approval","notes":{"message":"Ship it?","approvers":["ada","bob"],"quorum":2,"form":[{"name":"reason","type":"string","required":true}],"decisions":[],"expires_at":null},"address":"approval:ask"}', 'own_39682b6c2866f0be');
INSERT INTO public.execution_event VALUES ('exec_f15271cfd88636b3', 1, 'execution_queued', '2026-11-29 00:17:50.695047+00', NULL, '{}', 'own_c760308dab39bd21');
INSERT INTO public.execution_event VALUES ('exec_f15271cfd88636b3', 2, 'execution_started', '2026-11-29 00:17:50.695394+00', NULL, '{}', 'own_c760308dab39bd21');
INSERT INTO public.execution_event VALUES ('exec_f15271cfd88636b3', 3, 'action_started', '2026-11-29 00:17:50.695592+00', 'book', '{"attempt":1}', 'own_c760308dab39bd21');
INSERT INTO public.execution_event VALUES ('exec_e6e70180d949ead3', 1, 'execution_queued', '2026-11-29 00:17:50.883999+00', NULL, '{}', 'own_5a53ab671f53a69c');
INSERT INTO public.execution_event VALUES ('exec_f15271cfd88636b3', 4, 'action_succeeded', '2026-11-29 00:17:50.875735+00', 'book', '{"response":{"ok":"/book"}}', 'own_c760308dab39bd21');
INSERT INTO public.execution_event VALUES ('exec_f15271cfd88636b3', 5, 'action_started', '2026-11-29 00:17:50.875925+00', 'ask', '{"attempt":1}', 'own_c760308dab39bd21');
INSERT INTO public.execution_event VALUES ('exec_f15271cfd88636b3', 6, 'action_waiting', '2026-11-29 00:17:50.875998+00', 'ask', '{"reason":"approval","notes":{"message":"Ship it?","approvers":[],"quorum":1,"form":[],"decisions":[],"expires_at":null},"address":"approval:ask"}', 'own_c760308dab39bd21');
INSERT INTO public.execution_event VALUES ('exec_e6e70180d949ead3', 2, 'execution_started', '2026-11-29 00:17:50.884332+00', NULL, '{}', 'own_5a53ab671f53a69c');
INSERT INTO public.execution_event VALUES ('exec_e6e70180d949ead3', 3, 'action_started', '2026-11-29 00:17:50.884479+00', 'ask', '{"attempt":1}', 'own_5a53ab671f53a69c');
INSERT INTO public.execution_event VALUES ('exec_e6e70180d949ead3', 4, 'action_waiting', '2026-11-29 00:17:50.88459+00', 'ask', '{"reason":"approval","notes":{"message":"Ship it?","approvers":["bob"],"quorum":1,"form":[],"decisions":[],"expires_at":null},"address":"approval:ask"}', 'own_5a53ab671f53a69c');
INSERT INTO public.execution_event VALUES ('exec_8c0c43d7cd1d232f', 1, 'execution_queued', '2026-11-29 00:17:51.53629+00', NULL, '{}', 'own_f3841f34a8dd78c3');
INSERT INTO public.execution_event VALUES ('exec_8c0c43d7cd1d232f', 2, 'execution_started', '2026-11-29 00:17:51.536544+00', NULL, '{}', 'own_f3841f34a8dd78c3');
INSERT INTO public.execution_event VALUES ('exec_8c0c43d7cd1d232f', 3, 'action_started', '2026-11-29 00:17:51.536719+00', 'again', '{"attempt":1}', 'own_f3841f34a8dd78c3');
INSERT INTO public.execution_event VALUES ('exec_e53b1352a9da2bc8', 7, 'action_waiting', '2026-11-29 00:17:52.814016+00', 'sub', '{"reason":"execution","notes":{"execution_id":"exec_b90655cc00e900b5"},"address":"execution:exec_b90655cc00e900b5","item":1}', 'own_1457ccb1fda1ec07');
INSERT INTO public.execution_event VALUES ('exec_2fa51b017f8d35d2', 1, 'execution_queued', '2026-11-29 00:17:53.111454+00', NULL, '{}', 'own_73545e8d62bae1e8');
INSERT INTO public.execution_event VALUES ('exec_f73f8d26dd836f57', 2, 'execution_started', '2026-11-29 00:17:53.112007+00', NULL, '{}', 'own_29c3223d981117f6');
INSERT INTO public.execution_event VALUES ('exec_f73f8d26dd836f57', 3, 'action_started', '2026-11-29 00:17:53.112047+00', 'go', '{"attempt":1}', 'own_29c3223d981117f6');
INSERT INTO public.execution_event VALUES ('exec_f73f8d26dd836f57', 4, 'action_waiting', '2026-11-29 00:17:53.112073+00', 'go', '{"reason":"signal","notes":{"signal":"go"},"address":"signal:go"}', 'own_29c3223d981117f6');
INSERT INTO public.execution_event VALUES ('exec_2fa51b017f8d35d2', 2, 'execution_started', '2026-11-29 00:17:53.111731+00', NULL, '{}', 'own_73545e8d62bae1e8');
INSERT INTO public.execution_event VALUES ('exec_2fa51b017f8d35d2', 3, 'action_started', '2026-11-29 00:17:53.111854+00', 'go', '{"attempt":1}', 'own_73545e8d62bae1e8');
INSERT INTO public.execution_event VALUES ('exec_2fa51b017f8d35d2', 4, 'action_waiting', '2026-11-29 00:17:53.111925+00', 'go', '{"reason":"signal","notes":{"signal":"go"},"address":"signal:go"}', 'own_73545e8d62bae1e8');
INSERT INTO public.execution_event VALUES ('exec_b90655cc00e900b5', 1, 'execution_queued', '2026-11-29 00:17:52.794776+00', NULL, '{}', 'own_58b39eb43f28cb0b');
INSERT INTO public.execution_event VALUES ('exec_65c363536d503e5a', 4, 'action_succeeded', '2026-11-29 00:17:53.907873+00', 'one', '{"response":{"ok":"/seldom/one"}}', 'own_2902781685e9deb9');
INSERT INTO public.execution_event VALUES ('exec_da28069608306879', 1, 'execution_queued', '2026-11-29 00:17:54.459022+00', NULL, '{}', 'own_09ef1a0de80407cb');
INSERT INTO public.execution_event VALUES ('exec_5a7947c81949e733', 1, 'execution_queued', '2026-11-29 00:17:54.740236+00', NULL, '{}', 'own_0855f8abcaf904c2');
INSERT INTO public.execution_event VALUES ('exec_5a7947c81949e733', 2, 'execution_started', '2026-11-29 00:17:54.740472+00', NULL, '{}', 'own_0855f8abcaf904c2');
INSERT INTO public.execution_event VALUES ('exec_aeb23aa973f0f96d', 3, 'action_started', '2026-11-29 00:17:55.143817+00', 'go', '{"attempt":1}', 'own_56975d6f66337213');
INSERT INTO public.execution_event VALUES ('exec_aeb23aa973f0f96d', 4, 'action_waiting', '2026-11-29 00:17:55.143889+00', 'go', '{"reason":"signal","notes":{"signal":"go"},"address":"signal:go"}', 'own_56975d6f66337213');
INSERT INTO public.execution_event VALUES ('exec_f76a81e5b4c1139e', 1, 'execution_queued', '2026-11-29 00:17:51.067145+00', NULL, '{}', 'own_841b6dd4c176eb55');
INSERT INTO public.execution_event VALUES ('exec_9af32d0cbb889924', 1, 'execution_queued', '2026-11-29 00:17:51.791274+00', NULL, '{}', 'own_be785edfcdbeddcb');
INSERT INTO public.execution_event VALUES ('exec_9af32d0cbb889924', 2, 'execution_started', '2026-11-29 00:17:51.791503+00', NULL, '{}', 'own_be785edfcdbeddcb');
INSERT INTO public.execution_event VALUES ('exec_9af32d0cbb889924', 3, 'action_started', '2026-11-29 00:17:51.791655+00', 'a', '{"attempt":1}', 'own_be785edfcdbeddcb');
INSERT INTO public.execution_event VALUES ('exec_7ec008b1d404bcc9', 1, 'execution_queued', '2026-11-29 00:17:52.419285+00', NULL, '{}', 'own_eb73fd074e825ead');
INSERT INTO public.execution_event VALUES ('exec_7ec008b1d404bcc9', 2, 'execution_started', '2026-11-29 00:17:52.41959+00', NULL, '{}', 'own_eb73fd074e825ead');
INSERT INTO public.execution_event VALUES ('exec_7ec008b1d404bcc9', 3, 'action_started', '2026-11-29 00:17:52.419725+00', 'sub', '{"attempt":1}', 'own_eb73fd074e825ead');
INSERT INTO public.execution_event VALUES ('exec_5d1b2e03df1e4f71', 4, 'action_succeeded', '2026-11-29 00:17:53.974669+00', 'a', '{"response":{"mocked":true}}', 'own_d408e4ac28f93fcd');
INSERT INTO public.execution_event VALUES ('exec_5d1b2e03df1e4f71', 5, 'action_started', '2026-11-29 00:17:53.974944+00', 'pause', '{"attempt":1}', 'own_d408e4ac28f93fcd');
INSERT INTO public.execution_event VALUES ('exec_5d1b2e03df1e4f71', 6, 'action_waiting', '2026-11-29 00:17:53.975025+00', 'pause', '{"reason":"timer","notes":{},"due_at":"2026-11-29T00:22:53.974988Z"}', 'own_d408e4ac28f93fcd');
INSERT INTO public.execution_event VALUES ('exec_0e23daa105d1ecf2', 7, 'execution_stopping', '2026-11-29 00:17:56.454896+00', NULL, '{"outcome":"cancelled","user_id":"ada"}', 'own_fafee7c75e2eaffe');
INSERT INTO public.execution_event VALUES ('exec_0e23daa105d1ecf2', 8, 'action_started', '2026-11-29 00:17:56.603402+00', 'made.compensate', '{"attempt":1}', 'own_e59322ecffe610fa');
INSERT INTO public.execution_event VALUES ('exec_0e23daa105d1ecf2', 9, 'action_succeeded', '2026-11-29 00:17:56.603522+00', 'made.compensate', '{"response":{"channel":"log","level":"info","message":"unmade"}}', 'own_e59322ecffe610fa');
INSERT INTO public.execution_event VALUES ('exec_0e23daa105d1ecf2', 10, 'action_started', '2026-11-29 00:17:56.603666+00', 'pause', '{"attempt":1}', 'own_e59322ecffe610fa');
INSERT INTO public.execution_event VALUES ('exec_0e23daa105d1ecf2', 11, 'action_waiting', '2026-11-29 00:17:56.603736+00', 'pause', '{"reason":"timer","notes":{},"due_at":"2026-11-29T00:22:56.603699Z"}', 'own_e59322ecffe610fa');
INSERT INTO public.execution_event VALUES ('exec_65c363536d503e5a', 6, 'action_succeeded', '2026-11-29 00:18:23.291113+00', 'two', '{"response":{"ok":"/seldom/two"}}', 'own_5c88328fd4575113');
INSERT INTO public.execution_event VALUES ('exec_cc890058a4ea6a4b', 9, 'action_succeeded', '2026-11-29 00:18:26.48066+00', 'each', '{"response":{"ok":"/items/3"},"item":3}', 'own_78ba409de5c79a8b');
INSERT INTO public.execution_event VALUES ('exec_f76a81e5b4c1139e', 2, 'execution_started', '2026-11-29 00:17:51.067404+00', NULL, '{}', 'own_841b6dd4c176eb55');
INSERT INTO public.execution_event VALUES ('exec_f76a81e5b4c1139e', 3, 'action_started', '2026-11-29 00:17:51.067546+00', 'ask', '{"attempt":1}', 'own_841b6dd4c176eb55');
INSERT INTO public.execution_event VALUES ('exec_f76a81e5b4c1139e', 4, 'action_waiting', '2026-11-29 00:17:51.067645+00', 'ask', '{"reason":"approval","notes":{"message":"Ship it?","approvers":["dora"],"quorum":1,"form":[],"decisions":[],"expires_at":null,"escalates_at":"2026-11-29T00:27:51.067576Z"},"address":"approval:ask","due_at":"2026-11-29T00:27:51.067576Z"}', 'own_841b6dd4c176eb55');
INSERT INTO public.execution_event VALUES ('exec_e62ffd23a4301f6d', 1, 'execution_queued', '2026-11-29 00:17:51.370978+00', NULL, '{}', 'own_560e98163e022ef1');
INSERT INTO public.execution_event VALUES ('exec_e62ffd23a4301f6d', 2, 'execution_started', '2026-11-29 00:17:51.371294+00', NULL, '{}', 'own_560e98163e022ef1');
INSERT INTO public.execution_event VALUES ('exec_e62ffd23a4301f6d', 3, 'action_started', '2026-11-29 00:17:51.371369+00', 'each', '{"attempt":1,"items":2}', 'own_560e98163e022ef1');
INSERT INTO public.execution_event VALUES ('exec_e62ffd23a4301f6d', 4, 'action_started', '2026-11-29 00:17:51.371511+00', 'each', '{"attempt":1,"item":0}', 'own_560e98163e022ef1');
INSERT INTO public.execution_event VALUES ('exec_e62ffd23a4301f6d', 5, 'action_waiting', '2026-11-29 00:17:51.371582+00', 'each', '{"reason":"timer","notes":{},"due_at":"2026-11-29T00:22:51.371545Z","item":0}', 'own_560e98163e022ef1');
INSERT INTO public.execution_event VALUES ('exec_e62ffd23a4301f6d', 6, 'action_started', '2026-11-29 00:17:51.371621+00', 'each', '{"attempt":1,"item":1}', 'own_560e98163e022ef1');
INSERT INTO public.execution_event VALUES ('exec_e62ffd23a4301f6d', 7, 'action_waiting', '2026-11-29 00:17:51.37165+00', 'each', '{"reason":"timer","notes":{},"due_at":"2026-11-29T00:24:31.371636Z","item":1}', 'own_560e98163e022ef1');
INSERT INTO public.execution_event VALUES ('exec_7b7b4cb375640651', 2, 'execution_started', '2026-11-29 00:17:51.611433+00', NULL, '{}', 'own_8bcd98e46a1c105d');
INSERT INTO public.execution_event VALUES ('exec_7b7b4cb375640651', 3, 'action_started', '2026-11-29 00:17:51.611546+00', 'go', '{"attempt":1}', 'own_8bcd98e46a1c105d');
INSERT INTO public.execution_event VALUES ('exec_7b7b4cb375640651', 4, 'action_waiting', '2026-11-29 00:17:51.611625+00', 'go', '{"reason":"signal","notes":{"signal":"go"},"address":"signal:go"}', 'own_8bcd98e46a1c105d');
INSERT INTO public.execution_event VALUES ('exec_e6e486e5e59be80d', 2, 'execution_started', '2026-11-29 00:17:52.888256+00', NULL, '{}', 'own_a279dc7d6e2a952a');
INSERT INTO public.execution_event VALUES ('exec_e6e486e5e59be80d', 3, 'action_started', '2026-11-29 00:17:52.888387+00', 'sub', '{"attempt":1}', 'own_a279dc7d6e2a952a');
INSERT INTO public.execution_event VALUES ('exec_64ca17663eb44c70', 2, 'execution_started', '2026-11-29 00:17:52.882199+00', NULL, '{}', 'own_d0889e9be939c628');
INSERT INTO public.execution_event VALUES ('exec_64ca17663eb44c70', 3, 'action_started', '2026-11-29 00:17:52.882283+00', 'never', '{"attempt":1}', 'own_d0889e9be939c628');
INSERT INTO public.execution_event VALUES ('exec_64ca17663eb44c70', 4, 'action_waiting', '2026-11-29 00:17:52.882338+00', 'never', '{"reason":"signal","notes":{"signal":"never"},"address":"signal:never"}', 'own_d0889e9be939c628');
INSERT INTO public.execution_event VALUES ('exec_b90655cc00e900b5', 2, 'execution_started', '2026-11-29 00:17:53.754261+00', NULL, '{}', 'own_e17856ca700752b3');
INSERT INTO public.execution_event VALUES ('exec_b90655cc00e900b5', 3, 'action_started', '2026-11-29 00:17:53.756725+00', 'pause', '{"attempt":1}', 'own_e17856ca700752b3');
INSERT INTO public.execution_event VALUES ('exec_b90655cc00e900b5', 4, 'action_waiting', '2026-11-29 00:17:53.759272+00', 'pause', '{"reason":"timer","notes":{},"due_at":"2026-11-29T00:22:53.759196Z"}', 'own_e17856ca700752b3');
INSERT INTO public.execution_event VALUES ('exec_65c363536d503e5a', 5, 'action_started', '2026-11-29 00:18:22.5432+00', 'two', '{"attempt":1}', 'own_5c88328fd4575113');
INSERT INTO public.execution_event VALUES ('exec_e95087492e81fec3', 1, 'execution_queued', '2026-11-29 00:18:26.296068+00', NULL, '{}', 'own_affa2c78dcdf027b');
INSERT INTO public.execution_event VALUES ('exec_e95087492e81fec3', 2, 'execution_started', '2026-11-29 00:18:26.296286+00', NULL, '{}', 'own_affa2c78dcdf027b');
INSERT INTO public.execution_event VALUES ('exec_e95087492e81fec3', 3, 'action_started', '2026-11-29 00:18:26.296414+00', 'slow', '{"attempt":1}', 'own_affa2c78dcdf027b');
INSERT INTO public.execution_event VALUES ('exec_3532546d4732b383', 1, 'execution_queued', '2026-11-29 00:18:26.79791+00', NULL, '{}', 'own_6bc0e09bd29ec0f6');
INSERT INTO public.execution_event VALUES ('exec_dfe942058dfb8689', 1, 'execution_queued', '2026-11-29 00:17:51.158784+00', NULL, '{}', 'own_d985abbc144ede68');
INSERT INTO public.execution_event VALUES ('exec_1b27fbd54db9091b', 1, 'execution_queued', '2026-11-29 00:17:52.10008+00', NULL, '{}', 'own_c1f7d78e27b6bf66');
INSERT INTO public.execution_event VALUES ('exec_1b27fbd54db9091b', 2, 'execution_started', '2026-11-29 00:17:52.100412+00', NULL, '{}', 'own_c1f7d78e27b6bf66');
INSERT INTO public.execution_event VALUES ('exec_1b27fbd54db9091b', 3, 'action_started', '2026-11-29 00:17:52.100541+00', 'sub', '{"attempt":1}', 'own_c1f7d78e27b6bf66');
INSERT INTO public.execution_event VALUES ('exec_c3f481c6f1f15e02', 2, 'execution_started', '2026-11-29 00:17:53.443618+00', NULL, '{}', 'own_dbc639ead9129340');
INSERT INTO public.execution_event VALUES ('exec_c3f481c6f1f15e02', 3, 'action_started', '2026-11-29 00:17:53.443745+00', 'pause', '{"attempt":1}', 'own_dbc639ead9129340');
INSERT INTO public.execution_event VALUES ('exec_c3f481c6f1f15e02', 4, 'action_waiting', '2026-11-29 00:17:53.443822+00', 'pause', '{"reason":"timer","notes":{},"due_at":"2026-11-29T00:22:53.443782Z"}', 'own_dbc639ead9129340');
INSERT INTO public.execution_event VALUES ('exec_f16aa7ac592547e4', 1, 'execution_queued', '2026-11-29 00:17:54.255403+00', NULL, '{}', 'own_3b2d41e43a62610a');
INSERT INTO public.execution_event VALUES ('exec_f16aa7ac592547e4', 2, 'execution_started', '2026-11-29 00:17:54.255613+00', NULL, '{}', 'own_3b2d41e43a62610a');
INSERT INTO public.execution_event VALUES ('exec_f16aa7ac592547e4', 3, 'action_started', '2026-11-29 00:17:54.255721+00', 'pause', '{"attempt":1}', 'own_3b2d41e43a62610a');
INSERT INTO public.execution_event VALUES ('exec_f16aa7ac592547e4', 4, 'action_waiting', '2026-11-29 00:17:54.255814+00', 'pause', '{"reason":"timer","notes":{},"due_at":"2026-11-29T00:22:54.255761Z"}', 'own_3b2d41e43a62610a');
INSERT INTO public.execution_event VALUES ('exec_7ec008b1d404bcc9', 5, 'execution_cancelled', '2026-11-29 00:17:56.618869+00', NULL, '{"user_id":"ada"}', 'own_f57dabdaf334b11f');
INSERT INTO public.execution_event VALUES ('exec_dfe942058dfb8689', 2, 'execution_started', '2026-11-29 00:17:51.159039+00', NULL, '{}', 'own_d985abbc144ede68');
INSERT INTO public.execution_event VALUES ('exec_dfe942058dfb8689', 3, 'action_started', '2026-11-29 00:17:51.15911+00', 'ask', '{"attempt":1,"items":3}', 'own_d985abbc144ede68');
INSERT INTO public.execution_event VALUES ('exec_dfe942058dfb8689', 4, 'action_started', '2026-11-29 00:17:51.159265+00', 'ask', '{"attempt":1,"item":0}', 'own_d985abbc144ede68');
INSERT INTO public.execution_event VALUES ('exec_dfe942058dfb8689', 5, 'action_waiting', '2026-11-29 00:17:51.15935+00', 'ask', '{"reason":"approval","notes":{"message":"Ship a?","approvers":[],"quorum":1,"form":[],"decisions":[],"expires_at":null},"address":"approval:ask[0]","item":0}', 'own_d985abbc144ede68');
INSERT INTO public.execution_event VALUES ('exec_dfe942058dfb8689', 6, 'action_started', '2026-11-29 00:17:51.159394+00', 'ask', '{"attempt":1,"item":1}', 'own_d985abbc144ede68');
INSERT INTO public.execution_event VALUES ('exec_dfe942058dfb8689', 7, 'action_waiting', '2026-11-29 00:17:51.159419+00', 'ask', '{"reason":"approval","notes":{"message":"Ship b?","approvers":[],"quorum":1,"form":[],"decisions":[],"expires_at":null},"address":"approval:ask[1]","item":1}', 'own_d985abbc144ede68');
INSERT INTO public.execution_event VALUES ('exec_dfe942058dfb8689', 8, 'action_started', '2026-11-29 00:17:51.159448+00', 'ask', '{"attempt":1,"item":2}', 'own_d985abbc144ede68');
INSERT INTO public.execution_event VALUES ('exec_dfe942058dfb8689', 9, 'action_waiting', '2026-11-29 00:17:51.15947+00', 'ask', '{"reason":"approval","notes":{"message":"Ship c?","approvers":[],"quorum":1,"form":[],"decisions":[],"expires_at":null},"address":"approval:ask[2]","item":2}', 'own_d985abbc144ede68');
INSERT INTO public.execution_event VALUES ('exec_0e23daa105d1ecf2', 2, 'execution_started', '2026-11-29 00:17:51.699771+00', NULL, '{}', 'own_95427cbdad7c9b58');
INSERT INTO public.execution_event VALUES ('exec_0e23daa105d1ecf2', 3, 'action_started', '2026-11-29 00:17:51.699857+00', 'made', '{"attempt":1}', 'own_95427cbdad7c9b58');
INSERT INTO public.execution_event VALUES ('exec_0e23daa105d1ecf2', 4, 'action_succeeded', '2026-11-29 00:17:51.699926+00', 'made', '{"response":{"channel":"log","level":"info","message":"hello"}}', 'own_95427cbdad7c9b58');
INSERT INTO public.execution_event VALUES ('exec_0e23daa105d1ecf2', 5, 'action_started', '2026-11-29 00:17:51.700002+00', 'never', '{"attempt":1}', 'own_95427cbdad7c9b58');
INSERT INTO public.execution_event VALUES ('exec_0e23daa105d1ecf2', 6, 'action_waiting', '2026-11-29 00:17:51.70003+00', 'never', '{"reason":"signal","notes":{"signal":"never"},"address":"signal:never"}', 'own_95427cbdad7c9b58');
INSERT INTO public.execution_event VALUES ('exec_e53b1352a9da2bc8', 6, 'action_waiting', '2026-11-29 00:17:52.806749+00', 'sub', '{"reason":"execution","notes":{"execution_id":"exec_c3f481c6f1f15e02"},"address":"execution:exec_c3f481c6f1f15e02","item":0}', 'own_1457ccb1fda1ec07');
INSERT INTO public.execution_event VALUES ('exec_c3f481c6f1f15e02', 1, 'execution_queued', '2026-11-29 00:17:52.786887+00', NULL, '{}', 'own_c934ffe07db0a58e');
INSERT INTO public.execution_event VALUES ('exec_65c363536d503e5a', 1, 'execution_queued', '2026-11-29 00:17:53.819416+00', NULL, '{}', 'own_2902781685e9deb9');
INSERT INTO public.execution_event VALUES ('exec_65c363536d503e5a', 2, 'execution_started', '2026-11-29 00:17:53.826733+00', NULL, '{}', 'own_2902781685e9deb9');
INSERT INTO public.execution_event VALUES ('exec_65c363536d503e5a', 3, 'action_started', '2026-11-29 00:17:53.827047+00', 'one', '{"attempt":1}', 'own_2902781685e9deb9');
INSERT INTO public.execution_event VALUES ('exec_5a7947c81949e733', 3, 'action_started', '2026-11-29 00:17:54.833935+00', 'go', '{"attempt":1}', 'own_0855f8abcaf904c2');
INSERT INTO public.execution_event VALUES ('exec_5a7947c81949e733', 4, 'action_waiting', '2026-11-29 00:17:54.834012+00', 'go', '{"reason":"signal","notes":{"signal":"go"},"address":"signal:go"}', 'own_0855f8abcaf904c2');
INSERT INTO public.execution_event VALUES ('exec_8c0c43d7cd1d232f', 4, 'action_repeat_scheduled', '2026-11-29 00:17:51.593843+00', 'again', '{"attempt":1,"iteration":1,"response":{"ok":"/again/1"},"reason":"repeat_delay","due_at":"2026-11-29T00:19:51.593715Z"}', 'own_f3841f34a8dd78c3');
INSERT INTO public.execution_event VALUES ('exec_1b27fbd54db9091b', 4, 'action_waiting', '2026-11-29 00:17:52.351688+00', 'sub', '{"reason":"execution","notes":{"execution_id":"exec_e6e486e5e59be80d"},"address":"execution:exec_e6e486e5e59be80d"}', 'own_c1f7d78e27b6bf66');
INSERT INTO public.execution_event VALUES ('exec_e6e486e5e59be80d', 1, 'execution_queued', '2026-11-29 00:17:52.350663+00', NULL, '{}', 'own_ade29f809bc46b08');
INSERT INTO public.execution_event VALUES ('exec_e53b1352a9da2bc8', 1, 'execution_queued', '2026-11-29 00:17:52.556597+00', NULL, '{}', 'own_1457ccb1fda1ec07');
INSERT INTO public.execution_event VALUES ('exec_e53b1352a9da2bc8', 2, 'execution_started', '2026-11-29 00:17:52.556927+00', NULL, '{}', 'own_1457ccb1fda1ec07');
INSERT INTO public.execution_event VALUES ('exec_e53b1352a9da2bc8', 3, 'action_started', '2026-11-29 00:17:52.557019+00', 'sub', '{"attempt":1,"items":3}', 'own_1457ccb1fda1ec07');
INSERT INTO public.execution_event VALUES ('exec_e53b1352a9da2bc8', 4, 'action_started', '2026-11-29 00:17:52.557182+00', 'sub', '{"attempt":1,"item":0}', 'own_1457ccb1fda1ec07');
INSERT INTO public.execution_event VALUES ('exec_e53b1352a9da2bc8', 5, 'action_started', '2026-11-29 00:17:52.557242+00', 'sub', '{"attempt":1,"item":1}', 'own_1457ccb1fda1ec07');
INSERT INTO public.execution_event VALUES ('exec_8476d182b2080785', 1, 'execution_queued', '2026-11-29 00:17:54.004299+00', NULL, '{}', 'own_b2a9c87f10ca7e31');
INSERT INTO public.execution_event VALUES ('exec_8476d182b2080785', 2, 'execution_started', '2026-11-29 00:17:54.004921+00', NULL, '{}', 'own_b2a9c87f10ca7e31');
INSERT INTO public.execution_event VALUES ('exec_8476d182b2080785', 3, 'action_started', '2026-11-29 00:17:54.005284+00', 'pause', '{"attempt":1}', 'own_b2a9c87f10ca7e31');
INSERT INTO public.execution_event VALUES ('exec_8476d182b2080785', 4, 'action_waiting', '2026-11-29 00:17:54.005373+00', 'pause', '{"reason":"timer","notes":{},"due_at":"2026-11-29T00:32:50.011000Z"}', 'own_b2a9c87f10ca7e31');
INSERT INTO public.execution_event VALUES ('exec_7b7b4cb375640651', 1, 'execution_queued', '2026-11-29 00:17:51.611163+00', NULL, '{}', 'own_8bcd98e46a1c105d');
INSERT INTO public.execution_event VALUES ('exec_7ec008b1d404bcc9', 4, 'action_waiting', '2026-11-29 00:17:52.54301+00', 'sub', '{"reason":"execution","notes":{"execution_id":"exec_f73f8d26dd836f57"},"address":"execution:exec_f73f8d26dd836f57"}', 'own_eb73fd074e825ead');
INSERT INTO public.execution_event VALUES ('exec_f73f8d26dd836f57', 1, 'execution_queued', '2026-11-29 00:17:52.527133+00', NULL, '{}', 'own_4ea1366a97aa230f');
INSERT INTO public.execution_event VALUES ('exec_e6e486e5e59be80d', 4, 'action_waiting', '2026-11-29 00:17:53.09008+00', 'sub', '{"reason":"execution","notes":{"execution_id":"exec_53dc3422d4932355"},"address":"execution:exec_53dc3422d4932355"}', 'own_a279dc7d6e2a952a');
INSERT INTO public.execution_event VALUES ('exec_53dc3422d4932355', 1, 'execution_queued', '2026-11-29 00:17:53.088689+00', NULL, '{}', 'own_b3f1eee934de4ac8');
INSERT INTO public.execution_event VALUES ('exec_53dc3422d4932355', 2, 'execution_started', '2026-11-29 00:17:53.18722+00', NULL, '{}', 'own_c92e9d5cb9dd1c83');
INSERT INTO public.execution_event VALUES ('exec_53dc3422d4932355', 3, 'action_started', '2026-11-29 00:17:53.187386+00', 'go', '{"attempt":1}', 'own_c92e9d5cb9dd1c83');
INSERT INTO public.execution_event VALUES ('exec_53dc3422d4932355', 4, 'action_waiting', '2026-11-29 00:17:53.187485+00', 'go', '{"reason":"signal","notes":{"signal":"go"},"address":"signal:go"}', 'own_c92e9d5cb9dd1c83');
INSERT INTO public.execution_event VALUES ('exec_119cad0dce7a77f0', 1, 'execution_queued', '2026-11-29 00:17:53.582724+00', NULL, '{}', 'own_214157793c9a4f73');
INSERT INTO public.execution_event VALUES ('exec_119cad0dce7a77f0', 2, 'execution_started', '2026-11-29 00:17:53.583102+00', NULL, '{}', 'own_214157793c9a4f73');
INSERT INTO public.execution_event VALUES ('exec_119cad0dce7a77f0', 3, 'action_started', '2026-11-29 00:17:53.583241+00', 'pause', '{"attempt":1}', 'own_214157793c9a4f73');
INSERT INTO public.execution_event VALUES ('exec_119cad0dce7a77f0', 4, 'action_waiting', '2026-11-29 00:17:53.583329+00', 'pause', '{"reason":"timer","notes":{},"due_at":"2026-11-29T00:22:53.583286Z"}', 'own_214157793c9a4f73');
INSERT INTO public.execution_event VALUES ('exec_27182e2596f9cae9', 1, 'execution_queued', '2026-11-29 00:17:54.148693+00', NULL, '{}', 'own_cf53bce26aa85f11');
INSERT INTO public.execution_event VALUES ('exec_27182e2596f9cae9', 2, 'execution_started', '2026-11-29 00:17:54.14891+00', NULL, '{}', 'own_cf53bce26aa85f11');
INSERT INTO public.execution_event VALUES ('exec_27182e2596f9cae9', 3, 'action_started', '2026-11-29 00:17:54.149025+00', 'sums', '{"attempt":1}', 'own_cf53bce26aa85f11');
INSERT INTO public.execution_event VALUES ('exec_27182e2596f9cae9', 4, 'action_succeeded', '2026-11-29 00:17:54.149079+00', 'sums', '{"response":{"n":2,"big":12345678901234567890}}', 'own_cf53bce26aa85f11');
INSERT INTO public.execution_event VALUES ('exec_27182e2596f9cae9', 5, 'action_started', '2026-11-29 00:17:54.149188+00', 'kept', '{"attempt":1}', 'own_cf53bce26aa85f11');
INSERT INTO public.execution_event VALUES ('exec_27182e2596f9cae9', 6, 'action_skipped', '2026-11-29 00:17:54.149232+00', 'no', '{"reason":"when"}', 'own_cf53bce26aa85f11');
INSERT INTO public.execution_event VALUES ('exec_27182e2596f9cae9', 7, 'action_skipped', '2026-11-29 00:17:54.149244+00', 'rescue', '{"reason":"run_if"}', 'own_cf53bce26aa85f11');
INSERT INTO public.execution_event VALUES ('exec_502a8cd725273cb3', 1, 'execution_queued', '2026-11-29 00:17:54.353785+00', NULL, '{}', 'own_9a0772a982fc73d2');
INSERT INTO public.execution_event VALUES ('exec_502a8cd725273cb3', 2, 'execution_started', '2026-11-29 00:17:54.354498+00', NULL, '{}', 'own_9a0772a982fc73d2');
INSERT INTO public.execution_event VALUES ('exec_3d68d00041838b8b', 1, 'execution_queued', '2026-11-29 00:17:54.629043+00', NULL, '{}', 'own_b7633bcc639f7a5b');
INSERT INTO public.execution_event VALUES ('exec_8b5469986b6143b8', 5, 'action_waiting', '2026-11-29 00:17:57.012366+00', 'ask', '{"reason":"approval","notes":{"message":"Ship it?","approvers":["ada","bob"],"quorum":2,"form":[{"name":"reason","type":"string","required":true}],"decisions":[{"approved":true,"comment":"fine","form":{"reason":"good"},"by":"ada","at":"2026-11-29T00:17:56.768079Z"}],"expires_at":null},"address":"approval:ask"}', 'own_29757f4c4f88abe2');
INSERT INTO public.execution_event VALUES ('exec_cc890058a4ea6a4b', 7, 'action_succeeded', '2026-11-29 00:18:26.452704+00', 'each', '{"response":{"ok":"/items/0"},"item":0}', 'own_78ba409de5c79a8b');
INSERT INTO public.execution_event VALUES ('exec_cc890058a4ea6a4b', 8, 'action_started', '2026-11-29 00:18:26.452918+00', 'each', '{"attempt":1,"item":3}', 'own_78ba409de5c79a8b');
INSERT INTO public.execution_event VALUES ('exec_4d95f8a0c1f40a53', 1, 'execution_queued', '2026-11-29 00:18:26.688924+00', NULL, '{}', 'own_d19fbfab62613b04');
INSERT INTO public.execution_event VALUES ('exec_0e23daa105d1ecf2', 1, 'execution_queued', '2026-11-29 00:17:51.699568+00', NULL, '{}', 'own_95427cbdad7c9b58');
INSERT INTO public.execution_event VALUES ('exec_aeb23aa973f0f96d', 1, 'execution_queued', '2026-11-29 00:17:54.98732+00', NULL, '{}', 'own_56975d6f66337213');
INSERT INTO public.execution_event VALUES ('exec_aeb23aa973f0f96d', 2, 'execution_started', '2026-11-29 00:17:54.987517+00', NULL, '{}', 'own_56975d6f66337213');
INSERT INTO public.execution_event VALUES ('exec_dfe942058dfb8689', 10, 'action_succeeded', '2026-11-29 00:17:57.240068+00', 'ask', '{"response":{"approved":true,"decisions":[{"approved":true,"comment":null,"form":{},"by":"bob","at":"2026-11-29T00:17:56.887182Z"}],"form":{}},"item":0}', 'own_cbc4c485a79fde59');
INSERT INTO public.execution_event VALUES ('exec_9af32d0cbb889924', 4, 'action_failed', '2026-11-29 00:17:51.943685+00', 'a', '{"response":{"no":1},"error":{"code":"HTTP_ERROR","message":"scripted answered 503 to POST /broken/once","action_id":"a","attempt":1,"retryable":true,"http_status":503}}', 'own_be785edfcdbeddcb');
INSERT INTO public.execution_event VALUES ('exec_9af32d0cbb889924', 5, 'execution_stopping', '2026-11-29 00:17:51.943768+00', NULL, '{"outcome":"failed","error":{"code":"HTTP_ERROR","message":"scripted answered 503 to POST /broken/once","action_id":"a","attempt":1,"retryable":true,"http_status":503}}', 'own_be785edfcdbeddcb');
INSERT INTO public.execution_event VALUES ('exec_9af32d0cbb889924', 6, 'action_started', '2026-11-29 00:17:51.943894+00', 'pause', '{"attempt":1}', 'own_be785edfcdbeddcb');
INSERT INTO public.execution_event VALUES ('exec_9af32d0cbb889924', 7, 'action_waiting', '2026-11-29 00:17:51.943951+00', 'pause', '{"reason":"timer","notes":{},"due_at":"2026-11-29T00:22:51.943923Z"}', 'own_be785edfcdbeddcb');
INSERT INTO public.execution_event VALUES ('exec_64ca17663eb44c70', 1, 'execution_queued', '2026-11-29 00:17:52.881998+00', NULL, '{}', 'own_d0889e9be939c628');
INSERT INTO public.execution_event VALUES ('exec_5d1b2e03df1e4f71', 1, 'execution_queued', '2026-11-29 00:17:53.923562+00', NULL, '{}', 'own_d408e4ac28f93fcd');
INSERT INTO public.execution_event VALUES ('exec_5d1b2e03df1e4f71', 2, 'execution_started', '2026-11-29 00:17:53.923806+00', NULL, '{}', 'own_d408e4ac28f93fcd');
INSERT INTO public.execution_event VALUES ('exec_5d1b2e03df1e4f71', 3, 'action_started', '2026-11-29 00:17:53.923926+00', 'a', '{"attempt":1}', 'own_d408e4ac28f93fcd');
INSERT INTO public.execution_event VALUES ('exec_27182e2596f9cae9', 8, 'action_succeeded', '2026-11-29 00:17:54.24359+00', 'kept', '{"response":{"path":"/kept"}}', 'own_cf53bce26aa85f11');
INSERT INTO public.execution_event VALUES ('exec_27182e2596f9cae9', 9, 'action_started', '2026-11-29 00:17:54.243747+00', 'pause', '{"attempt":1}', 'own_cf53bce26aa85f11');
INSERT INTO public.execution_event VALUES ('exec_27182e2596f9cae9', 10, 'action_waiting', '2026-11-29 00:17:54.243804+00', 'pause', '{"reason":"timer","notes":{},"due_at":"2026-11-29T00:22:54.243778Z"}', 'own_cf53bce26aa85f11');
INSERT INTO public.execution_event VALUES ('exec_502a8cd725273cb3', 3, 'action_started', '2026-11-29 00:17:54.435583+00', 'go', '{"attempt":1}', 'own_9a0772a982fc73d2');
INSERT INTO public.execution_event VALUES ('exec_502a8cd725273cb3', 4, 'action_waiting', '2026-11-29 00:17:54.435652+00', 'go', '{"reason":"signal","notes":{"signal":"go"},"address":"signal:go"}', 'own_9a0772a982fc73d2');
INSERT INTO public.execution_event VALUES ('exec_9eb37631e0457dee', 1, 'execution_queued', '2026-11-29 00:17:54.859294+00', NULL, '{}', 'own_dba7bbcc19acf01a');
INSERT INTO public.execution_event VALUES ('exec_3e102c4d33f4db12', 1, 'execution_queued', '2026-11-29 00:17:55.36681+00', NULL, '{}', 'own_ebc251550d904acf');
INSERT INTO public.execution_event VALUES ('exec_cc890058a4ea6a4b', 1, 'execution_queued', '2026-11-29 00:18:26.366852+00', NULL, '{}', 'own_78ba409de5c79a8b');
INSERT INTO public.execution_event VALUES ('exec_cc890058a4ea6a4b', 2, 'execution_started', '2026-11-29 00:18:26.367069+00', NULL, '{}', 'own_78ba409de5c79a8b');
INSERT INTO public.execution_event VALUES ('exec_cc890058a4ea6a4b', 3, 'action_started', '2026-11-29 00:18:26.367133+00', 'each', '{"attempt":1,"items":4}', 'own_78ba409de5c79a8b');
INSERT INTO public.execution_event VALUES ('exec_cc890058a4ea6a4b', 4, 'action_started', '2026-11-29 00:18:26.367302+00', 'each', '{"attempt":1,"item":0}', 'own_78ba409de5c79a8b');
INSERT INTO public.execution_event VALUES ('exec_cc890058a4ea6a4b', 5, 'action_started', '2026-11-29 00:18:26.367347+00', 'each', '{"attempt":1,"item":1}', 'own_78ba409de5c79a8b');
INSERT INTO public.execution_event VALUES ('exec_cc890058a4ea6a4b', 6, 'action_started', '2026-11-29 00:18:26.367383+00', 'each', '{"attempt":1,"item":2}', 'own_78ba409de5c79a8b');
INSERT INTO public.execution_event VALUES ('exec_20c6f5bc6b88e44d', 1, 'execution_queued', '2026-11-29 00:18:26.453898+00', NULL, '{}', 'own_4018deb1c8160bf0');
INSERT INTO public.execution_event VALUES ('exec_20c6f5bc6b88e44d', 2, 'execution_started', '2026-11-29 00:18:26.45404+00', NULL, '{}', 'own_4018deb1c8160bf0');
INSERT INTO public.execution_event VALUES ('exec_20c6f5bc6b88e44d', 3, 'action_started', '2026-11-29 00:18:26.458972+00', 'slow', '{"attempt":1}', 'own_4018deb1c8160bf0');


--
-- Data for Name: execution_message; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.execution_message VALUES ('msg_0a07e98e3b05c803', 'exec_20c6f5bc6b88e44d', 'signal:go', '{"payload":"came early"}', 'ada', '2026-11-29 00:18:26.634788+00');


--
-- Data for Name: expectation; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.expectation VALUES ('exec_5333de467ac4a78a', 'go', 'default', 'go', 'signal', 'signal:go', '2026-11-29 00:17:50.095331+00', NULL, '{"signal":"go"}');
INSERT INTO public.expectation VALUES ('exec_9711627f5a39cbf2', 'pause', 'default', 'pause', 'timer', NULL, '2026-11-29 00:17:50.296916+00', '2026-11-29 00:22:50.29695+00', '{}');
INSERT INTO public.expectation VALUES ('exec_3d0da29357e6b653', 'go', 'default', 'go', 'signal', 'signal:go', '2026-11-29 00:17:50.445284+00', '2026-11-29 00:27:50.445324+00', '{"signal":"go"}');
INSERT INTO public.expectation VALUES ('exec_f15271cfd88636b3', 'ask', 'default', 'ask', 'approval', 'approval:ask', '2026-11-29 00:17:50.875925+00', NULL, '{"message":"Ship it?","approvers":[],"quorum":1,"form":[],"decisions":[],"expires_at":null}');
INSERT INTO public.expectation VALUES ('exec_e6e70180d949ead3', 'ask', 'default', 'ask', 'approval', 'approval:ask', '2026-11-29 00:17:50.884479+00', NULL, '{"message":"Ship it?","approvers":["bob"],"quorum":1,"form":[],"decisions":[],"expires_at":null}');
INSERT INTO public.expectation VALUES ('exec_f76a81e5b4c1139e', 'ask', 'default', 'ask', 'approval', 'approval:ask', '2026-11-29 00:17:51.067546+00', '2026-11-29 00:27:51.067576+00', '{"message":"Ship it?","approvers":["dora"],"quorum":1,"form":[],"decisions":[],"expires_at":null,"escalates_at":"2026-11-29T00:27:51.067576Z"}');
INSERT INTO public.expectation VALUES ('exec_dfe942058dfb8689', 'ask[1]', 'default', 'ask', 'approval', 'approval:ask[1]', '2026-11-29 00:17:51.159394+00', NULL, '{"message":"Ship b?","approvers":[],"quorum":1,"form":[],"decisions":[],"expires_at":null}');
INSERT INTO public.expectation VALUES ('exec_dfe942058dfb8689', 'ask[2]', 'default', 'ask', 'approval', 'approval:ask[2]', '2026-11-29 00:17:51.159448+00', NULL, '{"message":"Ship c?","approvers":[],"quorum":1,"form":[],"decisions":[],"expires_at":null}');
INSERT INTO public.expectation VALUES ('exec_e62ffd23a4301f6d', 'each[0]', 'default', 'each', 'timer', NULL, '2026-11-29 00:17:51.371511+00', '2026-11-29 00:22:51.371545+00', '{}');
INSERT INTO public.expectation VALUES ('exec_e62ffd23a4301f6d', 'each[1]', 'default', 'each', 'timer', NULL, '2026-11-29 00:17:51.371621+00', '2026-11-29 00:24:31.371636+00', '{}');
INSERT INTO public.expectation VALUES ('exec_7b7b4cb375640651', 'go', 'default', 'go', 'signal', 'signal:go', '2026-11-29 00:17:51.611546+00', NULL, '{"signal":"go"}');
INSERT INTO public.expectation VALUES ('exec_9af32d0cbb889924', 'pause', 'default', 'pause', 'timer', NULL, '2026-11-29 00:17:51.943894+00', '2026-11-29 00:22:51.943923+00', '{}');
INSERT INTO public.expectation VALUES ('exec_1b27fbd54db9091b', 'sub', 'default', 'sub', 'execution', 'execution:exec_e6e486e5e59be80d', '2026-11-29 00:17:52.100541+00', NULL, '{"execution_id":"exec_e6e486e5e59be80d"}');
INSERT INTO public.expectation VALUES ('exec_64ca17663eb44c70', 'never', 'default', 'never', 'signal', 'signal:never', '2026-11-29 00:17:52.882283+00', NULL, '{"signal":"never"}');
INSERT INTO public.expectation VALUES ('exec_e6e486e5e59be80d', 'sub', 'default', 'sub', 'execution', 'execution:exec_53dc3422d4932355', '2026-11-29 00:17:52.888387+00', NULL, '{"execution_id":"exec_53dc3422d4932355"}');
INSERT INTO public.expectation VALUES ('exec_e53b1352a9da2bc8', 'sub[0]', 'default', 'sub', 'execution', 'execution:exec_c3f481c6f1f15e02', '2026-11-29 00:17:52.557182+00', NULL, '{"execution_id":"exec_c3f481c6f1f15e02"}');
INSERT INTO public.expectation VALUES ('exec_53dc3422d4932355', 'go', 'default', 'go', 'signal', 'signal:go', '2026-11-29 00:17:53.187386+00', NULL, '{"signal":"go"}');
INSERT INTO public.expectation VALUES ('exec_2fa51b017f8d35d2', 'go', 'default', 'go', 'signal', 'signal:go', '2026-11-29 00:17:53.111854+00', NULL, '{"signal":"go"}');
INSERT INTO public.expectation VALUES ('exec_e53b1352a9da2bc8', 'sub[1]', 'default', 'sub', 'execution', 'execution:exec_b90655cc00e900b5', '2026-11-29 00:17:52.557242+00', NULL, '{"execution_id":"exec_b90655cc00e900b5"}');
INSERT INTO public.expectation VALUES ('exec_f73f8d26dd836f57', 'go', 'default', 'go', 'signal', 'signal:go', '2026-11-29 00:17:53.112047+00', NULL, '{"signal":"go"}');
INSERT INTO public.expectation VALUES ('exec_c3f481c6f1f15e02', 'pause', 'default', 'pause', 'timer', NULL, '2026-11-29 00:17:53.443745+00', '2026-11-29 00:22:53.443782+00', '{}');
INSERT INTO public.expectation VALUES ('exec_119cad0dce7a77f0', 'pause', 'default', 'pause', 'timer', NULL, '2026-11-29 00:17:53.583241+00', '2026-11-29 00:22:53.583286+00', '{}');
INSERT INTO public.expectation VALUES ('exec_b90655cc00e900b5', 'pause', 'default', 'pause', 'timer', NULL, '2026-11-29 00:17:53.756725+00', '2026-11-29 00:22:53.759196+00', '{}');
INSERT INTO public.expectation VALUES ('exec_5d1b2e03df1e4f71', 'pause', 'default', 'pause', 'timer', NULL, '2026-11-29 00:17:53.974944+00', '2026-11-29 00:22:53.974988+00', '{}');
INSERT INTO public.expectation VALUES ('exec_8476d182b2080785', 'pause', 'default', 'pause', 'timer', NULL, '2026-11-29 00:17:54.005284+00', '2026-11-29 00:32:50.011+00', '{}');
INSERT INTO public.expectation VALUES ('exec_27182e2596f9cae9', 'pause', 'default', 'pause', 'timer', NULL, '2026-11-29 00:17:54.243747+00', '2026-11-29 00:22:54.243778+00', '{}');
INSERT INTO public.expectation VALUES ('exec_f16aa7ac592547e4', 'pause', 'default', 'pause', 'timer', NULL, '2026-11-29 00:17:54.255721+00', '2026-11-29 00:22:54.255761+00', '{}');
INSERT INTO public.expectation VALUES ('exec_502a8cd725273cb3', 'go', 'default', 'go', 'signal', 'signal:go', '2026-11-29 00:17:54.435583+00', NULL, '{"signal":"go"}');
INSERT INTO public.expectation VALUES ('exec_5a7947c81949e733', 'go', 'default', 'go', 'signal', 'signal:go', '2026-11-29 00:17:54.833935+00', NULL, '{"signal":"go"}');
INSERT INTO public.expectation VALUES ('exec_aeb23aa973f0f96d', 'go', 'default', 'go', 'signal', 'signal:go', '2026-11-29 00:17:55.143817+00', NULL, '{"signal":"go"}');
INSERT INTO public.expectation VALUES ('exec_0e23daa105d1ecf2', 'pause', 'default', 'pause', 'timer', NULL, '2026-11-29 00:17:56.603666+00', '2026-11-29 00:22:56.603699+00', '{}');
INSERT INTO public.expectation VALUES ('exec_8b5469986b6143b8', 'ask', 'default', 'ask', 'approval', 'approval:ask', '2026-11-29 00:17:50.547383+00', NULL, '{"message":"Ship it?","approvers":["ada","bob"],"quorum":2,"form":[{"name":"reason","type":"string","required":true}],"decisions":[{"approved":true,"comment":"fine","form":{"reason":"good"},"by":"ada","at":"2026-11-29T00:17:56.768079Z"}],"expires_at":null}');


--
-- Data for Name: node; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.node VALUES ('node_41d10f3c23b9c56a', 'all', 0, '2026-11-29 00:17:33.164523+00', '2026-11-29 00:18:36.238418+00');


--
-- Data for Name: pgqueuer; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.pgqueuer VALUES (14, 0, NULL, '2026-11-29 00:18:26.689919+00', '2026-11-29 00:18:26.689919+00', '2026-11-29 00:18:26.689919+00', '2026-11-29 00:18:26.689919+00', 'queued', 'execute', 'execute:exec_4d95f8a0c1f40a53', '\x657865635f34643935663861306331663430613533', 'null', 0, NULL);
INSERT INTO public.pgqueuer VALUES (15, 0, NULL, '2026-11-29 00:18:26.7989+00', '2026-11-29 00:18:26.7989+00', '2026-11-29 00:18:26.7989+00', '2026-11-29 00:18:26.7989+00', 'queued', 'execute', 'execute:exec_3532546d4732b383', '\x657865635f33353332353436643437333262333833', 'null', 0, NULL);


--
-- Data for Name: pgqueuer_log; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.pgqueuer_log VALUES (1, '2026-11-29 00:17:52.418562+00', 1, 'queued', 0, 'execute', NULL, false);
INSERT INTO public.pgqueuer_log VALUES (2, '2026-11-29 00:17:52.539754+00', 1, 'picked', 0, 'execute', NULL, false);
INSERT INTO public.pgqueuer_log VALUES (3, '2026-11-29 00:17:52.539754+00', 1, 'successful', 0, 'execute', NULL, false);
INSERT INTO public.pgqueuer_log VALUES (4, '2026-11-29 00:17:52.55254+00', 2, 'queued', 0, 'execute', NULL, false);
INSERT INTO public.pgqueuer_log VALUES (5, '2026-11-29 00:17:52.755292+00', 2, 'picked', 0, 'execute', NULL, false);
INSERT INTO public.pgqueuer_log VALUES (6, '2026-11-29 00:17:52.755292+00', 2, 'successful', 0, 'execute', NULL, false);
INSERT INTO public.pgqueuer_log VALUES (7, '2026-11-29 00:17:53.096614+00', 3, 'queued', 0, 'execute', NULL, false);
INSERT INTO public.pgqueuer_log VALUES (8, '2026-11-29 00:17:53.106506+00', 3, 'picked', 0, 'execute', NULL, false);
INSERT INTO public.pgqueuer_log VALUES (9, '2026-11-29 00:17:53.106506+00', 3, 'successful', 0, 'execute', NULL, false);
INSERT INTO public.pgqueuer_log VALUES (10, '2026-11-29 00:17:52.886896+00', 4, 'queued', 0, 'execute', NULL, false);
INSERT INTO public.pgqueuer_log VALUES (11, '2026-11-29 00:17:53.303395+00', 4, 'picked', 0, 'execute', NULL, false);
INSERT INTO public.pgqueuer_log VALUES (12, '2026-11-29 00:17:53.303395+00', 4, 'successful', 0, 'execute', NULL, false);
INSERT INTO public.pgqueuer_log VALUES (13, '2026-11-29 00:17:53.303681+00', 5, 'queued', 0, 'execute', NULL, false);
INSERT INTO public.pgqueuer_log VALUES (14, '2026-11-29 00:17:53.534251+00', 5, 'picked', 0, 'execute', NULL, false);
INSERT INTO public.pgqueuer_log VALUES (15, '2026-11-29 00:17:53.534251+00', 5, 'successful', 0, 'execute', NULL, false);
INSERT INTO public.pgqueuer_log VALUES (16, '2026-11-29 00:17:56.448404+00', 6, 'queued', 0, 'execute', NULL, false);
INSERT INTO public.pgqueuer_log VALUES (17, '2026-11-29 00:17:56.497337+00', 6, 'picked', 0, 'execute', NULL, false);
INSERT INTO public.pgqueuer_log VALUES (18, '2026-11-29 00:17:56.497337+00', 6, 'successful', 0, 'execute', NULL, false);
INSERT INTO public.pgqueuer_log VALUES (19, '2026-11-29 00:17:56.856961+00', 7, 'queued', 1, 'execute', NULL, false);
INSERT INTO public.pgqueuer_log VALUES (20, '2026-11-29 00:17:56.881095+00', 7, 'picked', 1, 'execute', NULL, false);
INSERT INTO public.pgqueuer_log VALUES (21, '2026-11-29 00:17:56.881095+00', 7, 'successful', 1, 'execute', NULL, false);
INSERT INTO public.pgqueuer_log VALUES (22, '2026-11-29 00:17:56.912717+00', 9, 'queued', 1, 'execute', NULL, false);
INSERT INTO public.pgqueuer_log VALUES (23, '2026-11-29 00:17:56.960817+00', 10, 'queued', 1, 'execute', NULL, false);
INSERT INTO public.pgqueuer_log VALUES (24, '2026-11-29 00:17:56.9546+00', 9, 'picked', 1, 'execute', NULL, false);
INSERT INTO public.pgqueuer_log VALUES (25, '2026-11-29 00:17:56.9546+00', 9, 'successful', 1, 'execute', NULL, false);
INSERT INTO public.pgqueuer_log VALUES (26, '2026-11-29 00:17:57.022507+00', 10, 'picked', 1, 'execute', NULL, false);
INSERT INTO public.pgqueuer_log VALUES (27, '2026-11-29 00:17:57.022507+00', 10, 'successful', 1, 'execute', NULL, false);
INSERT INTO public.pgqueuer_log VALUES (28, '2026-11-29 00:17:57.022568+00', 12, 'queued', 1, 'execute', NULL, false);
INSERT INTO public.pgqueuer_log VALUES (29, '2026-11-29 00:17:57.198583+00', 12, 'picked', 1, 'execute', NULL, false);
INSERT INTO public.pgqueuer_log VALUES (30, '2026-11-29 00:17:57.198583+00', 12, 'successful', 1, 'execute', NULL, false);
INSERT INTO public.pgqueuer_log VALUES (31, '2026-11-29 00:17:57.050069+00', 11, 'queued', 1, 'execute', NULL, false);
INSERT INTO public.pgqueuer_log VALUES (32, '2026-11-29 00:17:57.28932+00', 11, 'picked', 1, 'execute', NULL, false);
INSERT INTO public.pgqueuer_log VALUES (33, '2026-11-29 00:17:57.28932+00', 11, 'successful', 1, 'execute', NULL, false);
INSERT INTO public.pgqueuer_log VALUES (34, '2026-11-29 00:18:22.402934+00', 13, 'queued', 2, 'execute', NULL, false);
INSERT INTO public.pgqueuer_log VALUES (35, '2026-11-29 00:18:22.446624+00', 13, 'picked', 2, 'execute', NULL, false);
INSERT INTO public.pgqueuer_log VALUES (36, '2026-11-29 00:18:22.446624+00', 13, 'successful', 2, 'execute', NULL, false);
INSERT INTO public.pgqueuer_log VALUES (37, '2026-11-29 00:18:26.689919+00', 14, 'queued', 0, 'execute', NULL, false);
INSERT INTO public.pgqueuer_log VALUES (38, '2026-11-29 00:18:26.7989+00', 15, 'queued', 0, 'execute', NULL, false);


--
-- Data for Name: pgqueuer_schedules; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: pgqueuer_statistics; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: secret; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.secret VALUES ('token', 'default', 1, '\xdfae38274b1ef8fc42d950503541a2e5d9c9c3c0ed826da7e6ca5d2ba276047339ad28cc7711cbbc81c5fd0e4dea', 'f4cabd58ac7fccd1', 'ada', '2026-11-29 00:17:44.573479+00', 'ada', '2026-11-29 00:17:44.573479+00');


--
-- Data for Name: workflow; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.workflow VALUES ('wf_d35b573f0ec85d80', 'default', 'ada', 'callback', NULL, 'active', 0, '[]', 'callback
', NULL, '2026-11-29 00:17:45.371816+00', '2026-11-29 00:17:45.371816+00', NULL, NULL, NULL);
INSERT INTO public.workflow VALUES ('wf_a309f45b43adfb99', 'default', 'ada', 'retry', NULL, 'active', 0, '[]', 'retry
', NULL, '2026-11-29 00:17:45.491747+00', '2026-11-29 00:17:45.491747+00', NULL, NULL, NULL);
INSERT INTO public.workflow VALUES ('wf_30672857af5d7955', 'default', 'ada', 'timer', 'A pause of five minutes', 'active', 0, '["waits","timers"]', 'timer
a pause of five minutes', NULL, '2026-11-29 00:17:45.551913+00', '2026-11-29 00:17:45.551913+00', NULL, NULL, NULL);
INSERT INTO public.workflow VALUES ('wf_bc1db164a0521140', 'default', 'ada', 'moment', NULL, 'active', 0, '[]', 'moment
', NULL, '2026-11-29 00:17:45.635538+00', '2026-11-29 00:17:45.635538+00', NULL, NULL, NULL);
INSERT INTO public.workflow VALUES ('wf_bb6747f476f44173', 'default', 'ada', 'signal', NULL, 'active', 0, '[]', 'signal
', NULL, '2026-11-29 00:17:45.716222+00', '2026-11-29 00:17:45.716222+00', NULL, NULL, NULL);
INSERT INTO public.workflow VALUES ('wf_7a2519ccba46d699', 'default', 'ada', 'signal late', NULL, 'active', 0, '[]', 'signal late
', NULL, '2026-11-29 00:17:45.816734+00', '2026-11-29 00:17:45.816734+00', NULL, NULL, NULL);
INSERT INTO public.workflow VALUES ('wf_ffa9c89869d6080a', 'default', 'ada', 'mailbox', NULL, 'active', 0, '[]', 'mailbox
', NULL, '2026-11-29 00:17:45.87561+00', '2026-11-29 00:17:45.87561+00', NULL, NULL, NULL);
INSERT INTO public.workflow VALUES ('wf_563f03b9adca1957', 'default', 'ada', 'approval', NULL, 'active', 0, '[]', 'approval
', NULL, '2026-11-29 00:17:45.946174+00', '2026-11-29 00:17:45.946174+00', NULL, NULL, NULL);
INSERT INTO public.workflow VALUES ('wf_47cb2fa0400d3aca', 'default', 'ada', 'rejection', NULL, 'active', 0, '[]', 'rejection
', NULL, '2026-11-29 00:17:46.004183+00', '2026-11-29 00:17:46.004183+00', NULL, NULL, NULL);
INSERT INTO public.workflow VALUES ('wf_cfe31a5fbf74e408', 'default', 'ada', 'link', NULL, 'active', 0, '[]', 'link
', NULL, '2026-11-29 00:17:46.103669+00', '2026-11-29 00:17:46.103669+00', NULL, NULL, NULL);
INSERT INTO public.workflow VALUES ('wf_ca5e13f620bc7dd4', 'default', 'ada', 'escalated', NULL, 'active', 0, '[]', 'escalated
', NULL, '2026-11-29 00:17:46.171403+00', '2026-11-29 00:17:46.171403+00', NULL, NULL, NULL);
INSERT INTO public.workflow VALUES ('wf_a090ad85f581d26d', 'default', 'ada', 'approvals each', NULL, 'active', 0, '[]', 'approvals each
', NULL, '2026-11-29 00:17:46.250885+00', '2026-11-29 00:17:46.250885+00', NULL, NULL, NULL);
INSERT INTO public.workflow VALUES ('wf_6fbd1544c6e208d1', 'default', 'ada', 'items', NULL, 'active', 0, '[]', 'items
', NULL, '2026-11-29 00:17:46.292782+00', '2026-11-29 00:17:46.292782+00', NULL, NULL, NULL);
INSERT INTO public.workflow VALUES ('wf_a7bc914fe7a3c901', 'default', 'ada', 'waits each', NULL, 'active', 0, '[]', 'waits each
', NULL, '2026-11-29 00:17:46.363897+00', '2026-11-29 00:17:46.363897+00', NULL, NULL, NULL);
INSERT INTO public.workflow VALUES ('wf_4634374b9952f37e', 'default', 'ada', 'repeat', NULL, 'active', 0, '[]', 'repeat
', NULL, '2026-11-29 00:17:46.432066+00', '2026-11-29 00:17:46.432066+00', NULL, NULL, NULL);
INSERT INTO public.workflow VALUES ('wf_42598d7204c711ec', 'default', 'ada', 'in flight', NULL, 'active', 0, '[]', 'in flight
', NULL, '2026-11-29 00:17:46.52664+00', '2026-11-29 00:17:46.52664+00', NULL, NULL, NULL);
INSERT INTO public.workflow VALUES ('wf_430442fc4387207c', 'default', 'ada', 'secret', NULL, 'active', 0, '[]', 'secret
', NULL, '2026-11-29 00:17:46.604081+00', '2026-11-29 00:17:46.604081+00', NULL, NULL, NULL);
INSERT INTO public.workflow VALUES ('wf_ebc9b8d4b16cae9a', 'default', 'ada', 'clean-up', NULL, 'active', 0, '[]', 'clean-up
', NULL, '2026-11-29 00:17:46.711692+00', '2026-11-29 00:17:46.711692+00', NULL, NULL, NULL);
INSERT INTO public.workflow VALUES ('wf_63aeae8e0743466d', 'default', 'ada', 'on failure', NULL, 'active', 0, '[]', 'on failure
', NULL, '2026-11-29 00:17:46.773015+00', '2026-11-29 00:17:46.773015+00', NULL, NULL, NULL);
INSERT INTO public.workflow VALUES ('wf_aad284f6e6c6429a', 'default', 'ada', 'child', NULL, 'active', 0, '[]', 'child
', NULL, '2026-11-29 00:17:46.90017+00', '2026-11-29 00:17:46.90017+00', NULL, NULL, NULL);
INSERT INTO public.workflow VALUES ('wf_0dbb03d06c638857', 'default', 'ada', 'middle', NULL, 'active', 0, '[]', 'middle
', NULL, '2026-11-29 00:17:46.962135+00', '2026-11-29 00:17:46.962135+00', NULL, NULL, NULL);
INSERT INTO public.workflow VALUES ('wf_66f79ff6de17a3a7', 'default', 'ada', 'parent', NULL, 'active', 0, '[]', 'parent
', NULL, '2026-11-29 00:17:47.03167+00', '2026-11-29 00:17:47.03167+00', NULL, NULL, NULL);
INSERT INTO public.workflow VALUES ('wf_4d542a87d8ccb120', 'default', 'ada', 'leaving', NULL, 'active', 0, '[]', 'leaving
', NULL, '2026-11-29 00:17:47.092+00', '2026-11-29 00:17:47.092+00', NULL, NULL, NULL);
INSERT INTO public.workflow VALUES ('wf_f3a5b3e61a804c0e', 'default', 'ada', 'short', NULL, 'active', 0, '[]', 'short
', NULL, '2026-11-29 00:17:47.164232+00', '2026-11-29 00:17:47.164232+00', NULL, NULL, NULL);
INSERT INTO public.workflow VALUES ('wf_40f3e0a1d5c94795', 'default', 'ada', 'children', NULL, 'active', 0, '[]', 'children
', NULL, '2026-11-29 00:17:47.25365+00', '2026-11-29 00:17:47.25365+00', NULL, NULL, NULL);
INSERT INTO public.workflow VALUES ('wf_ef5b77921bb86571', 'default', 'ada', 'limited', NULL, 'active', 0, '[]', 'limited
', NULL, '2026-11-29 00:17:47.283275+00', '2026-11-29 00:17:47.283275+00', NULL, NULL, '{"key":"{{customer}}","limit":1,"on_limit":"queue"}');
INSERT INTO public.workflow VALUES ('wf_638c3ac833967f38', 'default', 'ada', 'impatient', NULL, 'active', 0, '[]', 'impatient
', NULL, '2026-11-29 00:17:47.367533+00', '2026-11-29 00:17:47.367533+00', NULL, 600, '{"key":null,"limit":1,"on_limit":"queue"}');
INSERT INTO public.workflow VALUES ('wf_ffe5c31ff57745b3', 'default', 'ada', 'time over', NULL, 'active', 0, '[]', 'time over
', 600, '2026-11-29 00:17:47.399941+00', '2026-11-29 00:17:47.399941+00', NULL, NULL, NULL);
INSERT INTO public.workflow VALUES ('wf_d0451244a2545df8', 'default', 'ada', 'branches', NULL, 'active', 0, '[]', 'branches
', NULL, '2026-11-29 00:17:47.51244+00', '2026-11-29 00:17:47.51244+00', NULL, NULL, NULL);
INSERT INTO public.workflow VALUES ('wf_367c117692f8934f', 'default', 'ada', 'deferred', NULL, 'active', 0, '[]', 'deferred
', NULL, '2026-11-29 00:17:47.539052+00', '2026-11-29 00:17:47.539052+00', NULL, NULL, NULL);
INSERT INTO public.workflow VALUES ('wf_00e1d6d4e01e225a', 'default', 'ada', 'quick', NULL, 'active', 0, '[]', 'quick
', NULL, '2026-11-29 00:17:47.587781+00', '2026-11-29 00:17:47.587781+00', NULL, NULL, NULL);
INSERT INTO public.workflow VALUES ('wf_411e821e829008f3', 'default', 'ada', 'failing', NULL, 'active', 0, '[]', 'failing
', NULL, '2026-11-29 00:17:47.641452+00', '2026-11-29 00:17:47.641452+00', NULL, NULL, NULL);
INSERT INTO public.workflow VALUES ('wf_8d5ce4b3f1e17f52', 'default', 'ada', 'of template', 'Analyze documents for quality and insights', 'active', 0, '["analysis","document"]', 'of template
analyze documents for quality and insights', 300, '2026-11-29 00:17:47.700463+00', '2026-11-29 00:17:47.700463+00', NULL, NULL, NULL);
INSERT INTO public.workflow VALUES ('wf_b9a86ad5b0fb497d', 'default', 'tess', 'Failing delivery', NULL, 'active', 0, '[]', 'failing delivery
', NULL, '2026-11-29 00:17:47.793885+00', '2026-11-29 00:17:47.793885+00', NULL, NULL, NULL);
INSERT INTO public.workflow VALUES ('wf_c50447e7399427fe', 'default', 'ada', 'mocked', NULL, 'active', 0, '[]', 'mocked
', NULL, '2026-11-29 00:17:47.883767+00', '2026-11-29 00:17:47.883767+00', NULL, NULL, NULL);
INSERT INTO public.workflow VALUES ('wf_75df2aaf48030be3', 'default', 'ada', 'revised', NULL, 'active', 1, '[]', 'revised
', NULL, '2026-11-29 00:17:47.431015+00', '2026-11-29 00:17:57.167011+00', NULL, NULL, NULL);
INSERT INTO public.workflow VALUES ('wf_df28f1fc23768d27', 'default', 'ada', 'deleted', NULL, 'active', 0, '[]', 'deleted
', NULL, '2026-11-29 00:17:47.46796+00', '2026-11-29 00:17:47.46796+00', '2026-11-29 00:17:57.248184+00', NULL, NULL);


--
-- Data for Name: workflow_search; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.workflow_search VALUES (1, 'wf_d35b573f0ec85d80', '''0.callback'' ''1.'' ''__37a8eec1ce19687d132fe29051dca629'' ''wcallback''');
INSERT INTO public.workflow_search VALUES (2, 'wf_a309f45b43adfb99', '''0.retry'' ''1.'' ''__37a8eec1ce19687d132fe29051dca629'' ''wretry''');
INSERT INTO public.workflow_search VALUES (3, 'wf_30672857af5d7955', '''0.timer'' ''1.'' ''__37a8eec1ce19687d132fe29051dca629'' ''da'' ''dfive'' ''dminutes'' ''dof'' ''dpause'' ''ttimers'' ''twaits'' ''wtimer''');
INSERT INTO public.workflow_search VALUES (4, 'wf_bc1db164a0521140', '''0.moment'' ''1.'' ''__37a8eec1ce19687d132fe29051dca629'' ''wmoment''');
INSERT INTO public.workflow_search VALUES (5, 'wf_bb6747f476f44173', '''0.signal'' ''1.'' ''__37a8eec1ce19687d132fe29051dca629'' ''wsignal''');
INSERT INTO public.workflow_search VALUES (6, 'wf_7a2519ccba46d699', '''0.signal'' ''1.late'' ''2.'' ''__37a8eec1ce19687d132fe29051dca629'' ''wlate'' ''wsignal''');
INSERT INTO public.workflow_search VALUES (7, 'wf_ffa9c89869d6080a', '''0.mailbox'' ''1.'' ''__37a8eec1ce19687d132fe29051dca629'' ''wmailbox''');
INSERT INTO public.workflow_search VALUES (8, 'wf_563f03b9adca1957', '''0.approval'' ''1.'' ''__37a8eec1ce19687d132fe29051dca629'' ''wapproval''');
INSERT INTO public.workflow_search VALUES (9, 'wf_47cb2fa0400d3aca', '''0.rejection'' ''1.'' ''__37a8eec1ce19687d132fe29051dca629'' ''wrejection''');
INSERT INTO public.workflow_search VALUES (10, 'wf_cfe31a5fbf74e408', '''0.link'' ''1.'' ''__37a8eec1ce19687d132fe29051dca629'' ''wlink''');
INSERT INTO public.workflow_search VALUES (11, 'wf_ca5e13f620bc7dd4', '''0.escalated'' ''1.'' ''__37a8eec1ce19687d132fe29051dca629'' ''wescalated''');
INSERT INTO public.workflow_search VALUES (12, 'wf_a090ad85f581d26d', '''0.approvals'' ''1.each'' ''2.'' ''__37a8eec1ce19687d132fe29051dca629'' ''wapprovals'' ''weach''');
INSERT INTO public.workflow_search VALUES (13, 'wf_6fbd1544c6e208d1', '''0.items'' ''1.'' ''__37a8eec1ce19687d132fe29051dca629'' ''witems''');
INSERT INTO public.workflow_search VALUES (14, 'wf_a7bc914fe7a3c901', '''0.waits'' ''1.each'' ''2.'' ''__37a8eec1ce19687d132fe29051dca629'' ''weach'' ''wwaits''');
INSERT INTO public.workflow_search VALUES (15, 'wf_4634374b9952f37e', '''0.repeat'' ''1.'' ''__37a8eec1ce19687d132fe29051dca629'' ''wrepeat''');
INSERT INTO public.workflow_search VALUES (16, 'wf_42598d7204c711ec', '''0.in'' ''1.flight'' ''2.'' ''__37a8eec1ce19687d132fe29051dca629'' ''wflight'' ''win''');
INSERT INTO public.workflow_search VALUES (17, 'wf_430442fc4387207c', '''0.secret'' ''1.'' ''__37a8eec1ce19687d132fe29051dca629'' ''wsecret''');
INSERT INTO public.workflow_search VALUES (18, 'wf_ebc9b8d4b16cae9a', '''0.clean'' ''1.up'' ''2.'' ''__37a8eec1ce19687d132fe29051dca629'' ''wclean'' ''wup''');
INSERT INTO public.workflow_search VALUES (19, 'wf_63aeae8e0743466d', '''0.on'' ''1.failure'' ''2.'' ''__37a8eec1ce19687d132fe29051dca629'' ''wfailure'' ''won''');
INSERT INTO public.workflow_search VALUES (20, 'wf_aad284f6e6c6429a', '''0.child'' ''1.'' ''__37a8eec1ce19687d132fe29051dca629'' ''wchild''');
INSERT INTO public.workflow_search VALUES (21, 'wf_0dbb03d06c638857', '''0.middle'' ''1.'' ''__37a8eec1ce19687d132fe29051dca629'' ''wmiddle''');
INSERT INTO public.workflow_search VALUES (22, 'wf_66f79ff6de17a3a7', '''0.parent'' ''1.'' ''__37a8eec1ce19687d132fe29051dca629'' ''wparent''');
INSERT INTO public.workflow_search VALUES (23, 'wf_4d542a87d8ccb120', '''0.leaving'' ''1.'' ''__37a8eec1ce19687d132fe29051dca629'' ''wleaving''');
INSERT INTO public.workflow_search VALUES (24, 'wf_f3a5b3e61a804c0e', '''0.short'' ''1.'' ''__37a8eec1ce19687d132fe29051dca629'' ''wshort''');
INSERT INTO public.workflow_search VALUES (25, 'wf_40f3e0a1d5c94795', '''0.children'' ''1.'' ''__37a8eec1ce19687d132fe29051dca629'' ''wchildren''');
INSERT INTO public.workflow_search VALUES (26, 'wf_ef5b77921bb86571', '''0.limited'' ''1.'' ''__37a8eec1ce19687d132fe29051dca629'' ''wlimited''');
INSERT INTO public.workflow_search VALUES (27, 'wf_638c3ac833967f38', '''0.impatient'' ''1.'' ''__37a8eec1ce19687d132fe29051dca629'' ''wimpatient''');
INSERT INTO public.workflow_search VALUES (28, 'wf_ffe5c31ff57745b3', '''0.time'' ''1.over'' ''2.'' ''__37a8eec1ce19687d132fe29051dca629'' ''wover'' ''wtime''');
INSERT INTO public.workflow_search VALUES (29, 'wf_75df2aaf48030be3', '''0.revised'' ''1.'' ''__37a8eec1ce19687d132fe29051dca629'' ''wrevised''');
INSERT INTO public.workflow_search VALUES (31, 'wf_d0451244a2545df8', '''0.branches'' ''1.'' ''__37a8eec1ce19687d132fe29051dca629'' ''wbranches''');
INSERT INTO public.workflow_search VALUES (32, 'wf_367c117692f8934f', '''0.deferred'' ''1.'' ''__37a8eec1ce19687d132fe29051dca629'' ''wdeferred''');
INSERT INTO public.workflow_search VALUES (33, 'wf_00e1d6d4e01e225a', '''0.quick'' ''1.'' ''__37a8eec1ce19687d132fe29051dca629'' ''wquick''');
INSERT INTO public.workflow_search VALUES (34, 'wf_411e821e829008f3', '''0.failing'' ''1.'' ''__37a8eec1ce19687d132fe29051dca629'' ''wfailing''');
INSERT INTO public.workflow_search VALUES (35, 'wf_8d5ce4b3f1e17f52', '''0.of'' ''1.template'' ''2.'' ''__37a8eec1ce19687d132fe29051dca629'' ''danalyze'' ''dand'' ''ddocuments'' ''dfor'' ''dinsights'' ''dquality'' ''tanalysis'' ''tdocument'' ''wof'' ''wtemplate''');
INSERT INTO public.workflow_search VALUES (36, 'wf_b9a86ad5b0fb497d', '''0.failing'' ''1.delivery'' ''2.'' ''__37a8eec1ce19687d132fe29051dca629'' ''wdelivery'' ''wfailing''');
INSERT INTO public.workflow_search VALUES (37, 'wf_c50447e7399427fe', '''0.mocked'' ''1.'' ''__37a8eec1ce19687d132fe29051dca629'' ''wmocked''');


--
-- Data for Name: workflow_statistics; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.workflow_statistics VALUES ('default', 'wf_d35b573f0ec85d80', 1, 1, 1, 0, 0, 0.000564, '2026-11-29 00:17:48.203223+00');
INSERT INTO public.workflow_statistics VALUES ('default', 'wf_d35b573f0ec85d80', 0, 2, 2, 0, 0, 0.001218, '2026-11-29 00:17:48.479818+00');
INSERT INTO public.workflow_statistics VALUES ('default', 'wf_00e1d6d4e01e225a', 1, 1, 1, 0, 0, 0.170711, '2026-11-29 00:17:48.763535+00');
INSERT INTO public.workflow_statistics VALUES ('default', 'wf_411e821e829008f3', 0, 1, 0, 1, 0, 0.097045, '2026-11-29 00:17:48.955009+00');
INSERT INTO public.workflow_statistics VALUES ('default', 'wf_bb6747f476f44173', 1, 2, 0, 0, 1, 0, '2026-11-29 00:17:50.094923+00');
INSERT INTO public.workflow_statistics VALUES ('default', 'wf_a309f45b43adfb99', 0, 1, 0, 0, 0, 0, '2026-11-29 00:17:50.154934+00');
INSERT INTO public.workflow_statistics VALUES ('default', 'wf_7a2519ccba46d699', 0, 1, 0, 0, 0, 0, '2026-11-29 00:17:50.44495+00');
INSERT INTO public.workflow_statistics VALUES ('default', 'wf_563f03b9adca1957', 1, 1, 0, 0, 0, 0, '2026-11-29 00:17:50.546945+00');
INSERT INTO public.workflow_statistics VALUES ('default', 'wf_47cb2fa0400d3aca', 0, 1, 0, 0, 0, 0, '2026-11-29 00:17:50.695047+00');
INSERT INTO public.workflow_statistics VALUES ('default', 'wf_cfe31a5fbf74e408', 1, 1, 0, 0, 0, 0, '2026-11-29 00:17:50.883999+00');
INSERT INTO public.workflow_statistics VALUES ('default', 'wf_ca5e13f620bc7dd4', 0, 1, 0, 0, 0, 0, '2026-11-29 00:17:51.067145+00');
INSERT INTO public.workflow_statistics VALUES ('default', 'wf_a090ad85f581d26d', 1, 1, 0, 0, 0, 0, '2026-11-29 00:17:51.158784+00');
INSERT INTO public.workflow_statistics VALUES ('default', 'wf_a7bc914fe7a3c901', 0, 1, 0, 0, 0, 0, '2026-11-29 00:17:51.370978+00');
INSERT INTO public.workflow_statistics VALUES ('default', 'wf_4634374b9952f37e', 1, 1, 0, 0, 0, 0, '2026-11-29 00:17:51.53629+00');
INSERT INTO public.workflow_statistics VALUES ('default', 'wf_430442fc4387207c', 0, 1, 0, 0, 0, 0, '2026-11-29 00:17:51.611163+00');
INSERT INTO public.workflow_statistics VALUES ('default', 'wf_ebc9b8d4b16cae9a', 1, 1, 0, 0, 0, 0, '2026-11-29 00:17:51.699568+00');
INSERT INTO public.workflow_statistics VALUES ('default', 'wf_63aeae8e0743466d', 0, 1, 0, 0, 0, 0, '2026-11-29 00:17:51.791274+00');
INSERT INTO public.workflow_statistics VALUES ('default', 'wf_66f79ff6de17a3a7', 1, 1, 0, 0, 0, 0, '2026-11-29 00:17:52.10008+00');
INSERT INTO public.workflow_statistics VALUES ('default', 'wf_0dbb03d06c638857', 1, 1, 0, 0, 0, 0, '2026-11-29 00:17:52.350663+00');
INSERT INTO public.workflow_statistics VALUES ('default', 'wf_4d542a87d8ccb120', 0, 1, 0, 0, 0, 0, '2026-11-29 00:17:52.419285+00');
INSERT INTO public.workflow_statistics VALUES ('default', 'wf_40f3e0a1d5c94795', 1, 1, 0, 0, 0, 0, '2026-11-29 00:17:52.556597+00');
INSERT INTO public.workflow_statistics VALUES ('default', 'wf_ffe5c31ff57745b3', 0, 1, 0, 0, 0, 0, '2026-11-29 00:17:52.881998+00');
INSERT INTO public.workflow_statistics VALUES ('default', 'wf_aad284f6e6c6429a', 0, 2, 0, 0, 0, 0, '2026-11-29 00:17:53.088689+00');
INSERT INTO public.workflow_statistics VALUES ('default', 'wf_75df2aaf48030be3', 1, 1, 0, 0, 0, 0, '2026-11-29 00:17:53.111454+00');
INSERT INTO public.workflow_statistics VALUES ('default', 'wf_f3a5b3e61a804c0e', 1, 2, 0, 0, 0, 0, '2026-11-29 00:17:52.794776+00');
INSERT INTO public.workflow_statistics VALUES ('default', 'wf_df28f1fc23768d27', 0, 1, 0, 0, 0, 0, '2026-11-29 00:17:53.582724+00');
INSERT INTO public.workflow_statistics VALUES ('default', 'wf_367c117692f8934f', 1, 1, 0, 0, 0, 0, '2026-11-29 00:17:53.819416+00');
INSERT INTO public.workflow_statistics VALUES ('default', 'wf_c50447e7399427fe', 0, 1, 0, 0, 0, 0, '2026-11-29 00:17:53.923562+00');
INSERT INTO public.workflow_statistics VALUES ('default', 'wf_bc1db164a0521140', 1, 1, 0, 0, 0, 0, '2026-11-29 00:17:54.004299+00');
INSERT INTO public.workflow_statistics VALUES ('default', 'wf_d0451244a2545df8', 0, 1, 0, 0, 0, 0, '2026-11-29 00:17:54.148693+00');
INSERT INTO public.workflow_statistics VALUES ('default', 'wf_30672857af5d7955', 1, 2, 0, 0, 0, 0, '2026-11-29 00:17:54.255403+00');
INSERT INTO public.workflow_statistics VALUES ('default', 'wf_ef5b77921bb86571', 1, 2, 0, 0, 0, 0, '2026-11-29 00:17:54.740236+00');
INSERT INTO public.workflow_statistics VALUES ('default', 'wf_ef5b77921bb86571', 0, 3, 0, 0, 0, 0, '2026-11-29 00:17:54.859294+00');
INSERT INTO public.workflow_statistics VALUES ('default', 'wf_638c3ac833967f38', 1, 1, 0, 0, 0, 0, '2026-11-29 00:17:54.98732+00');
INSERT INTO public.workflow_statistics VALUES ('default', 'wf_638c3ac833967f38', 0, 1, 0, 0, 0, 0, '2026-11-29 00:17:55.36681+00');
INSERT INTO public.workflow_statistics VALUES ('default', 'wf_4d542a87d8ccb120', 1, 0, 0, 0, 1, 0, NULL);
INSERT INTO public.workflow_statistics VALUES ('default', 'wf_42598d7204c711ec', 0, 1, 0, 0, 0, 0, '2026-11-29 00:18:26.296068+00');
INSERT INTO public.workflow_statistics VALUES ('default', 'wf_6fbd1544c6e208d1', 0, 1, 0, 0, 0, 0, '2026-11-29 00:18:26.366852+00');
INSERT INTO public.workflow_statistics VALUES ('default', 'wf_ffa9c89869d6080a', 0, 1, 0, 0, 0, 0, '2026-11-29 00:18:26.453898+00');
INSERT INTO public.workflow_statistics VALUES ('default', 'wf_00e1d6d4e01e225a', 0, 2, 0, 0, 0, 0, '2026-11-29 00:18:26.79791+00');


--
-- Data for Name: workflow_tag; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.workflow_tag VALUES ('wf_30672857af5d7955', 'waits');
INSERT INTO public.workflow_tag VALUES ('wf_30672857af5d7955', 'timers');
INSERT INTO public.workflow_tag VALUES ('wf_8d5ce4b3f1e17f52', 'analysis');
INSERT INTO public.workflow_tag VALUES ('wf_8d5ce4b3f1e17f52', 'document');


--
-- Data for Name: workflow_version; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.workflow_version VALUES ('wf_d35b573f0ec85d80', 0, '{"parameters":[],"actions":[{"action_id":"done","action_type":"notification","config":{"message":"hello"}}]}', '2026-11-29 00:17:45.371816+00');
INSERT INTO public.workflow_version VALUES ('wf_a309f45b43adfb99', 0, '{"parameters":[],"actions":[{"action_id":"a","action_type":"service_call","config":{"service":"scripted","endpoint":"/broken/retry","parameters":{"n":1}},"retry":{"max_attempts":3,"backoff":"fixed","initial_delay_seconds":120.0,"jitter":false,"retry_on":["5xx"]}}]}', '2026-11-29 00:17:45.491747+00');
INSERT INTO public.workflow_version VALUES ('wf_30672857af5d7955', 0, '{"parameters":[],"actions":[{"action_id":"pause","action_type":"wait","config":{"seconds":300}},{"action_id":"after","action_type":"notification","config":{"message":"{{pause.status}}"},"depends_on":["pause"]}]}', '2026-11-29 00:17:45.551913+00');
INSERT INTO public.workflow_version VALUES ('wf_bc1db164a0521140', 0, '{"parameters":[{"name":"until","type":"string","required":true}],"actions":[{"action_id":"pause","action_type":"wait","config":{"until":"{{until}}"}},{"action_id":"after","action_type":"notification","config":{"message":"{{pause.status}}"},"depends_on":["pause"]}]}', '2026-11-29 00:17:45.635538+00');
INSERT INTO public.workflow_version VALUES ('wf_bb6747f476f44173', 0, '{"parameters":[],"actions":[{"action_id":"go","action_type":"wait","config":{"signal":"go"}},{"action_id":"after","action_type":"notification","config":{"message":"{{go.response.payload}}"},"depends_on":["go"]}],"outputs":{"said":"{{after.response.message}}"}}', '2026-11-29 00:17:45.716222+00');
INSERT INTO public.workflow_version VALUES ('wf_7a2519ccba46d699', 0, '{"parameters":[],"actions":[{"action_id":"go","action_type":"wait","config":{"signal":"go"},"timeout_seconds":600,"on_error":"continue"},{"action_id":"after","action_type":"notification","config":{"message":"late"},"depends_on":["go"],"run_if":"all_done"}]}', '2026-11-29 00:17:45.816734+00');
INSERT INTO public.workflow_version VALUES ('wf_ffa9c89869d6080a', 0, '{"parameters":[],"actions":[{"action_id":"slow","action_type":"service_call","config":{"service":"scripted","endpoint":"/held/mailbox"}},{"action_id":"go","action_type":"wait","config":{"signal":"go"},"depends_on":["slow"]},{"action_id":"after","action_type":"notification","config":{"message":"{{go.response.payload}}"},"depends_on":["go"]}],"outputs":{"said":"{{after.response.message}}"}}', '2026-11-29 00:17:45.87561+00');
INSERT INTO public.workflow_version VALUES ('wf_563f03b9adca1957', 0, '{"parameters":[],"actions":[{"action_id":"ask","action_type":"approval","config":{"message":"Ship it?","approvers":["ada","bob"],"quorum":2,"form":[{"name":"reason","type":"string","required":true}]}},{"action_id":"after","action_type":"notification","config":{"message":"{{ask.response.form.reason}}"},"depends_on":["ask"]}]}', '2026-11-29 00:17:45.946174+00');
INSERT INTO public.workflow_version VALUES ('wf_47cb2fa0400d3aca', 0, '{"parameters":[],"actions":[{"action_id":"book","action_type":"service_call","config":{"service":"scripted","endpoint":"/book"},"compensate":{"action_type":"service_call","config":{"service":"scripted","endpoint":"/unbook"}}},{"action_id":"ask","action_type":"approval","config":{"message":"Ship it?"},"depends_on":["book"]}]}', '2026-11-29 00:17:46.004183+00');
INSERT INTO public.workflow_version VALUES ('wf_cfe31a5fbf74e408', 0, '{"parameters":[],"actions":[{"action_id":"ask","action_type":"approval","config":{"message":"Ship it?","approvers":["bob"]}},{"action_id":"after","action_type":"notification","config":{"message":"decided"},"depends_on":["ask"]}]}', '2026-11-29 00:17:46.103669+00');
INSERT INTO public.workflow_version VALUES ('wf_ca5e13f620bc7dd4', 0, '{"parameters":[],"actions":[{"action_id":"ask","action_type":"approval","config":{"message":"Ship it?","approvers":["dora"],"escalation":{"after_seconds":600,"approvers":["carol"]}}}]}', '2026-11-29 00:17:46.171403+00');
INSERT INTO public.workflow_version VALUES ('wf_a090ad85f581d26d', 0, '{"parameters":[],"actions":[{"action_id":"ask","action_type":"approval","config":{"message":"Ship {{item}}?"},"for_each":{"in":["a","b","c"]}}],"outputs":{"all":"{{ask.response | length}}"}}', '2026-11-29 00:17:46.250885+00');
INSERT INTO public.workflow_version VALUES ('wf_6fbd1544c6e208d1', 0, '{"parameters":[],"actions":[{"action_id":"each","action_type":"service_call","config":{"service":"scripted","endpoint":"/items/{{item}}"},"for_each":{"in":[0,1,2,3],"max_concurrency":3}}],"outputs":{"all":"{{each.response | length}}"}}', '2026-11-29 00:17:46.292782+00');
INSERT INTO public.workflow_version VALUES ('wf_a7bc914fe7a3c901', 0, '{"parameters":[],"actions":[{"action_id":"each","action_type":"wait","config":{"seconds":"{{item}}"},"for_each":{"in":[300,400]}},{"action_id":"after","action_type":"notification","config":{"message":"hello"},"depends_on":["each"]}]}', '2026-11-29 00:17:46.363897+00');
INSERT INTO public.workflow_version VALUES ('wf_4634374b9952f37e', 0, '{"parameters":[],"actions":[{"action_id":"again","action_type":"service_call","config":{"service":"scripted","endpoint":"/again/{{iteration}}"},"repeat":{"until":"{{iteration == 3}}","delay_seconds":120.0}}]}', '2026-11-29 00:17:46.432066+00');
INSERT INTO public.workflow_version VALUES ('wf_42598d7204c711ec', 0, '{"parameters":[],"actions":[{"action_id":"slow","action_type":"service_call","config":{"service":"scripted","endpoint":"/held/get","method":"GET"}},{"action_id":"after","action_type":"notification","config":{"message":"{{slow.status}}"},"depends_on":["slow"]}]}', '2026-11-29 00:17:46.52664+00');
INSERT INTO public.workflow_version VALUES ('wf_430442fc4387207c', 0, '{"parameters":[],"actions":[{"action_id":"go","action_type":"wait","config":{"signal":"go"}},{"action_id":"use","action_type":"service_call","config":{"service":"scripted","endpoint":"/secret","headers":{"x-token":"{{secrets.token}}"}},"depends_on":["go"]}]}', '2026-11-29 00:17:46.604081+00');
INSERT INTO public.workflow_version VALUES ('wf_ebc9b8d4b16cae9a', 0, '{"parameters":[],"actions":[{"action_id":"made","action_type":"notification","config":{"message":"hello"},"compensate":{"action_type":"notification","config":{"message":"unmade"}}},{"action_id":"never","action_type":"wait","config":{"signal":"never"},"depends_on":["made"]}],"on_exit":[{"action_id":"pause","action_type":"wait","config":{"seconds":300}},{"action_id":"end","action_type":"service_call","config":{"service":"scripted","endpoint":"/ended/{{execution.status}}"},"depends_on":["pause"]}]}', '2026-11-29 00:17:46.711692+00');
INSERT INTO public.workflow_version VALUES ('wf_63aeae8e0743466d', 0, '{"parameters":[],"actions":[{"action_id":"a","action_type":"service_call","config":{"service":"scripted","endpoint":"/broken/once"}}],"on_failure":[{"action_id":"pause","action_type":"wait","config":{"seconds":300}},{"action_id":"told","action_type":"service_call","config":{"service":"scripted","endpoint":"/told"},"depends_on":["pause"]}]}', '2026-11-29 00:17:46.773015+00');
INSERT INTO public.workflow_version VALUES ('wf_aad284f6e6c6429a', 0, '{"parameters":[{"name":"who","type":"string"}],"actions":[{"action_id":"go","action_type":"wait","config":{"signal":"go"}},{"action_id":"said","action_type":"notification","config":{"message":"the child of {{who}}"},"depends_on":["go"]}],"outputs":{"said":"{{said.response.message}}"}}', '2026-11-29 00:17:46.90017+00');
INSERT INTO public.workflow_version VALUES ('wf_0dbb03d06c638857', 0, '{"parameters":[{"name":"who","type":"string"}],"actions":[{"action_id":"sub","action_type":"sub_workflow","config":{"workflow_id":"wf_aad284f6e6c6429a","parameters":{"who":"{{who}}"}}}],"outputs":{"said":"{{sub.response.result}}"}}', '2026-11-29 00:17:46.962135+00');
INSERT INTO public.workflow_version VALUES ('wf_66f79ff6de17a3a7', 0, '{"parameters":[],"actions":[{"action_id":"sub","action_type":"sub_workflow","config":{"workflow_id":"wf_0dbb03d06c638857","parameters":{"who":"ada"}}},{"action_id":"after","action_type":"notification","config":{"message":"{{sub.status}}"},"depends_on":["sub"]}]}', '2026-11-29 00:17:47.03167+00');
INSERT INTO public.workflow_version VALUES ('wf_4d542a87d8ccb120', 0, '{"parameters":[],"actions":[{"action_id":"sub","action_type":"sub_workflow","config":{"workflow_id":"wf_aad284f6e6c6429a","parameters":{"who":"nobody"},"on_parent_end":"abandon"}}]}', '2026-11-29 00:17:47.092+00');
INSERT INTO public.workflow_version VALUES ('wf_f3a5b3e61a804c0e', 0, '{"parameters":[{"name":"n","type":"integer"}],"actions":[{"action_id":"pause","action_type":"wait","config":{"seconds":300}},{"action_id":"done","action_type":"service_call","config":{"service":"scripted","endpoint":"/short/{{n}}"},"depends_on":["pause"]}]}', '2026-11-29 00:17:47.164232+00');
INSERT INTO public.workflow_version VALUES ('wf_40f3e0a1d5c94795', 0, '{"parameters":[],"actions":[{"action_id":"sub","action_type":"sub_workflow","config":{"workflow_id":"wf_f3a5b3e61a804c0e","parameters":{"n":"{{item}}"}},"for_each":{"in":[1,2,3],"max_concurrency":2}}]}', '2026-11-29 00:17:47.25365+00');
INSERT INTO public.workflow_version VALUES ('wf_ef5b77921bb86571', 0, '{"parameters":[{"name":"customer","type":"string","required":true}],"actions":[{"action_id":"go","action_type":"wait","config":{"signal":"go"}},{"action_id":"after","action_type":"notification","config":{"message":"{{customer}}"},"depends_on":["go"]}]}', '2026-11-29 00:17:47.283275+00');
INSERT INTO public.workflow_version VALUES ('wf_367c117692f8934f', 0, '{"parameters":[],"actions":[{"action_id":"one","action_type":"service_call","config":{"service":"seldom","endpoint":"/one"}},{"action_id":"two","action_type":"service_call","config":{"service":"seldom","endpoint":"/two"},"depends_on":["one"]},{"action_id":"three","action_type":"service_call","config":{"service":"seldom","endpoint":"/three"},"depends_on":["two"]}]}', '2026-11-29 00:17:47.539052+00');
INSERT INTO public.workflow_version VALUES ('wf_638c3ac833967f38', 0, '{"parameters":[],"actions":[{"action_id":"go","action_type":"wait","config":{"signal":"go"}}]}', '2026-11-29 00:17:47.367533+00');
INSERT INTO public.workflow_version VALUES ('wf_c50447e7399427fe', 0, '{"parameters":[],"actions":[{"action_id":"a","action_type":"service_call","config":{"service":"scripted","endpoint":"/mocked"}},{"action_id":"pause","action_type":"wait","config":{"seconds":300},"depends_on":["a"]},{"action_id":"after","action_type":"notification","config":{"message":"mocked: {{a.response.mocked}}"},"depends_on":["pause"]}],"outputs":{"mocked":"{{a.response.mocked}}"}}', '2026-11-29 00:17:47.883767+00');
INSERT INTO public.workflow_version VALUES ('wf_ffe5c31ff57745b3', 0, '{"parameters":[],"actions":[{"action_id":"never","action_type":"wait","config":{"signal":"never"}}]}', '2026-11-29 00:17:47.399941+00');
INSERT INTO public.workflow_version VALUES ('wf_411e821e829008f3', 0, '{"parameters":[],"actions":[{"action_id":"a","action_type":"service_call","config":{"service":"scripted","endpoint":"/broken/ended"}}]}', '2026-11-29 00:17:47.641452+00');
INSERT INTO public.workflow_version VALUES ('wf_75df2aaf48030be3', 0, '{"parameters":[],"actions":[{"action_id":"go","action_type":"wait","config":{"signal":"go"}},{"action_id":"after","action_type":"service_call","config":{"service":"scripted","endpoint":"/revised/old"},"depends_on":["go"]}]}', '2026-11-29 00:17:47.431015+00');
INSERT INTO public.workflow_version VALUES ('wf_df28f1fc23768d27', 0, '{"parameters":[],"actions":[{"action_id":"pause","action_type":"wait","config":{"seconds":300}},{"action_id":"after","action_type":"service_call","config":{"service":"scripted","endpoint":"/deleted"},"depends_on":["pause"]}]}', '2026-11-29 00:17:47.46796+00');
INSERT INTO public.workflow_version VALUES ('wf_d0451244a2545df8', 0, '{"parameters":[{"name":"n","type":"integer","required":true,"allowed_values":[1,2]},{"name":"big","type":"number"},{"name":"note","type":"string","default_value":"ünïcode ✓"}],"actions":[{"action_id":"sums","action_type":"transform","config":{"output":{"n":"{{n + 1}}","big":"{{big}}"}}},{"action_id":"kept","action_type":"service_call","config":{"service":"scripted","endpoint":"/kept"},"depends_on":["sums"],"output":{"path":"{{response.ok}}"}},{"action_id":"no","action_type":"notification","config":{"message":"hello"},"depends_on":["sums"],"when":"{{n > 100}}"},{"action_id":"rescue","action_type":"notification","config":{"message":"hello"},"depends_on":["sums"],"run_if":"any_failed"},{"action_id":"pause","action_type":"wait","config":{"seconds":300},"depends_on":["kept"]},{"action_id":"end","action_type":"notification","name":"The end","description":"Ünïcode ✓","config":{"message":"{{sums.response.n}} {{kept.response.path}}"},"depends_on":["pause"]}],"outputs":{"said":"{{end.response.message}}","big":"{{sums.response.big}}","note":"{{note}}"}}', '2026-11-29 00:17:47.51244+00');
INSERT INTO public.workflow_version VALUES ('wf_75df2aaf48030be3', 1, '{"parameters":[],"actions":[{"action_id":"go","action_type":"wait","config":{"signal":"go"}},{"action_id":"after","action_type":"service_call","config":{"service":"scripted","endpoint":"/revised/new"},"depends_on":["go"]}]}', '2026-11-29 00:17:57.167011+00');
INSERT INTO public.workflow_version VALUES ('wf_00e1d6d4e01e225a', 0, '{"parameters":[{"name":"n","type":"integer"}],"actions":[{"action_id":"a","action_type":"service_call","config":{"service":"scripted","endpoint":"/quick/{{n}}"}}]}', '2026-11-29 00:17:47.587781+00');
INSERT INTO public.workflow_version VALUES ('wf_8d5ce4b3f1e17f52', 0, '{"parameters":[{"name":"document_url","type":"string","description":"URL of document to analyze","required":true},{"name":"analysis_type","type":"string","description":"Type of analysis to perform","required":false,"default_value":"comprehensive","allowed_values":["basic","comprehensive","detailed"]}],"actions":[{"action_id":"fetch_document","action_type":"service_call","name":"Fetch Document","description":"Retrieve document from URL","config":{"service":"source_agent","endpoint":"/fetch","method":"POST","parameters":{"url":"{{document_url}}"}}},{"action_id":"analyze_content","action_type":"service_call","name":"Analyze Content","description":"Analyze document content","config":{"service":"analysis_service","endpoint":"/analyze","method":"POST","parameters":{"content":"{{fetch_document.response.content}}","type":"{{analysis_type}}"}},"depends_on":["fetch_document"]}]}', '2026-11-29 00:17:47.700463+00');
INSERT INTO public.workflow_version VALUES ('wf_b9a86ad5b0fb497d', 0, '{"parameters":[],"actions":[{"action_id":"prepare","action_type":"notification","name":"Prepare","config":{"message":"Preparing"}},{"action_id":"deliver","action_type":"service_call","name":"Deliver","config":{"service":"delivery_service","endpoint":"/deliver","method":"POST","parameters":{}},"depends_on":["prepare"]}]}', '2026-11-29 00:17:47.793885+00');


--
-- Name: change_counter_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.change_counter_id_seq', 1, false);


--
-- Name: pgqueuer_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.pgqueuer_id_seq', 15, true);


--
-- Name: pgqueuer_log_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.pgqueuer_log_id_seq', 38, true);


--
-- Name: pgqueuer_schedules_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.pgqueuer_schedules_id_seq', 1, false);


--
-- Name: pgqueuer_statistics_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.pgqueuer_statistics_id_seq', 1, false);


--
-- Name: workflow_search_number_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.workflow_search_number_seq', 37, true);


--
-- Name: alembic_version alembic_version_pkc; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);


--
-- Name: pgqueuer_log pgqueuer_log_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.pgqueuer_log
    ADD CONSTRAINT pgqueuer_log_pkey PRIMARY KEY (id);


--
-- Name: pgqueuer pgqueuer_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.pgqueuer
    ADD CONSTRAINT pgqueuer_pkey PRIMARY KEY (id);


--
-- Name: pgqueuer_schedules pgqueuer_schedules_expression_entrypoint_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.pgqueuer_schedules
    ADD CONSTRAINT pgqueuer_schedules_expression_entrypoint_key UNIQUE (expression, entrypoint);


--
-- Name: pgqueuer_schedules pgqueuer_schedules_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.pgqueuer_schedules
    ADD CONSTRAINT pgqueuer_schedules_pkey PRIMARY KEY (id);


--
-- Name: pgqueuer_statistics pgqueuer_statistics_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.pgqueuer_statistics
    ADD CONSTRAINT pgqueuer_statistics_pkey PRIMARY KEY (id);


--
-- Name: action_run pk_action_run; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.action_run
    ADD CONSTRAINT pk_action_run PRIMARY KEY (execution_id, action_id);


--
-- Name: activity pk_activity; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.activity
    ADD CONSTRAINT pk_activity PRIMARY KEY (tenant, at, id);


--
-- Name: api_key pk_api_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.api_key
    ADD CONSTRAINT pk_api_key PRIMARY KEY (id);


--
-- Name: audit_chain pk_audit_chain; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.audit_chain
    ADD CONSTRAINT pk_audit_chain PRIMARY KEY (tenant, shard);


--
-- Name: audit_entry pk_audit_entry; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.audit_entry
    ADD CONSTRAINT pk_audit_entry PRIMARY KEY (tenant, shard, number);


--
-- Name: callback_attempt pk_callback_attempt; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.callback_attempt
    ADD CONSTRAINT pk_callback_attempt PRIMARY KEY (delivery_id, number);


--
-- Name: callback_delivery pk_callback_delivery; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.callback_delivery
    ADD CONSTRAINT pk_callback_delivery PRIMARY KEY (id);


--
-- Name: change_counter pk_change_counter; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.change_counter
    ADD CONSTRAINT pk_change_counter PRIMARY KEY (id);


--
-- Name: execution pk_execution; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.execution
    ADD CONSTRAINT pk_execution PRIMARY KEY (id);


--
-- Name: execution_event pk_execution_event; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.execution_event
    ADD CONSTRAINT pk_execution_event PRIMARY KEY (execution_id, sequence);


--
-- Name: execution_message pk_execution_message; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.execution_message
    ADD CONSTRAINT pk_execution_message PRIMARY KEY (id);


--
-- Name: expectation pk_expectation; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.expectation
    ADD CONSTRAINT pk_expectation PRIMARY KEY (execution_id, slot);


--
-- Name: node pk_node; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.node
    ADD CONSTRAINT pk_node PRIMARY KEY (id);


--
-- Name: secret pk_secret; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.secret
    ADD CONSTRAINT pk_secret PRIMARY KEY (name, tenant);


--
-- Name: workflow pk_workflow; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.workflow
    ADD CONSTRAINT pk_workflow PRIMARY KEY (id);


--
-- Name: workflow_search pk_workflow_search; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.workflow_search
    ADD CONSTRAINT pk_workflow_search PRIMARY KEY (number);


--
-- Name: workflow_statistics pk_workflow_statistics; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.workflow_statistics
    ADD CONSTRAINT pk_workflow_statistics PRIMARY KEY (tenant, workflow_id, shard);


--
-- Name: workflow_tag pk_workflow_tag; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.workflow_tag
    ADD CONSTRAINT pk_workflow_tag PRIMARY KEY (workflow_id, tag);


--
-- Name: workflow_version pk_workflow_version; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.workflow_version
    ADD CONSTRAINT pk_workflow_version PRIMARY KEY (workflow_id, revision);


--
-- Name: node uq_node_shard; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.node
    ADD CONSTRAINT uq_node_shard UNIQUE (shard);


--
-- Name: workflow_search uq_workflow_search_workflow_id; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.workflow_search
    ADD CONSTRAINT uq_workflow_search_workflow_id UNIQUE (workflow_id);


--
-- Name: ix_activity_change; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_activity_change ON public.activity USING btree (tenant, change, id);


--
-- Name: ix_activity_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_activity_id ON public.activity USING btree (id);


--
-- Name: ix_api_key_newest; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_api_key_newest ON public.api_key USING btree (tenant, created_at, id);


--
-- Name: ix_audit_entry_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_audit_entry_id ON public.audit_entry USING btree (id);


--
-- Name: ix_audit_entry_newest; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_audit_entry_newest ON public.audit_entry USING btree (tenant, at, id);


--
-- Name: ix_callback_delivery_due; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_callback_delivery_due ON public.callback_delivery USING btree (next_attempt_at) WHERE ((status)::text = 'pending'::text);


--
-- Name: ix_callback_delivery_of_execution; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_callback_delivery_of_execution ON public.callback_delivery USING btree (execution_id);


--
-- Name: ix_execution_change; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_execution_change ON public.execution USING btree (tenant, change, id);


--
-- Name: ix_execution_ended; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_execution_ended ON public.execution USING btree (status, completed_at) WHERE (completed_at IS NOT NULL);


--
-- Name: ix_execution_group; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_execution_group ON public.execution USING btree (status, workflow_id, concurrency_key, created_at, id) WHERE ((concurrency_key IS NOT NULL) AND ((status)::text = ANY ((ARRAY['queued'::character varying, 'running'::character varying])::text[])));


--
-- Name: ix_execution_held; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_execution_held ON public.execution USING btree (node_id) WHERE (((status)::text = ANY ((ARRAY['queued'::character varying, 'running'::character varying])::text[])) AND (node_id IS NOT NULL));


--
-- Name: ix_execution_live; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_execution_live ON public.execution USING btree (status, created_at) WHERE ((status)::text = ANY ((ARRAY['queued'::character varying, 'running'::character varying])::text[]));


--
-- Name: ix_execution_message_of_execution; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_execution_message_of_execution ON public.execution_message USING btree (execution_id, sent_at, id);


--
-- Name: ix_execution_newest; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_execution_newest ON public.execution USING btree (tenant, created_at, id);


--
-- Name: ix_execution_of_parent; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_execution_of_parent ON public.execution USING btree (parent_id, status) WHERE (parent_id IS NOT NULL);


--
-- Name: ix_execution_of_workflow; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_execution_of_workflow ON public.execution USING btree (workflow_id, created_at, id);


--
-- Name: ix_execution_unsuccessful; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_execution_unsuccessful ON public.execution USING btree (tenant, created_at, id) WHERE ((status)::text = ANY ((ARRAY['failed'::character varying, 'cancelled'::character varying])::text[]));


--
-- Name: ix_execution_wake; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_execution_wake ON public.execution USING btree (wake_at) WHERE (wake_at IS NOT NULL);


--
-- Name: ix_expectation_oldest; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_expectation_oldest ON public.expectation USING btree (tenant, reason, since, execution_id, slot);


--
-- Name: ix_workflow_newest; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_workflow_newest ON public.workflow USING btree (tenant, created_at, id) WHERE (deleted_at IS NULL);


--
-- Name: ix_workflow_tag_tag; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_workflow_tag_tag ON public.workflow_tag USING btree (tag, workflow_id);


--
-- Name: ix_workflow_updated; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_workflow_updated ON public.workflow USING btree (tenant, updated_at, id) WHERE (deleted_at IS NULL);


--
-- Name: pgqueuer_ep_ea_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX pgqueuer_ep_ea_idx ON public.pgqueuer USING btree (entrypoint, execute_after) WHERE (status = 'queued'::public.pgqueuer_status);


--
-- Name: pgqueuer_ep_prio_id_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX pgqueuer_ep_prio_id_idx ON public.pgqueuer USING btree (entrypoint, priority DESC, id) WHERE (status = 'queued'::public.pgqueuer_status);


--
-- Name: pgqueuer_log_created; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX pgqueuer_log_created ON public.pgqueuer_log USING btree (created);


--
-- Name: pgqueuer_log_job_id_status; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX pgqueuer_log_job_id_status ON public.pgqueuer_log USING btree (job_id, created DESC);


--
-- Name: pgqueuer_log_not_aggregated; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX pgqueuer_log_not_aggregated ON public.pgqueuer_log USING btree ((1)) WHERE (NOT aggregated);


--
-- Name: pgqueuer_log_status; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX pgqueuer_log_status ON public.pgqueuer_log USING btree (status);


--
-- Name: pgqueuer_picked_heartbeat_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX pgqueuer_picked_heartbeat_idx ON public.pgqueuer USING btree (heartbeat) WHERE (status = 'picked'::public.pgqueuer_status);


--
-- Name: pgqueuer_picked_slot_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX pgqueuer_picked_slot_idx ON public.pgqueuer USING btree (entrypoint, slot) WHERE ((status = 'picked'::public.pgqueuer_status) AND (slot IS NOT NULL));


--
-- Name: pgqueuer_priority_id_id1_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX pgqueuer_priority_id_id1_idx ON public.pgqueuer USING btree (priority, id DESC) INCLUDE (id) WHERE (status = 'queued'::public.pgqueuer_status);


--
-- Name: pgqueuer_queue_manager_id_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX pgqueuer_queue_manager_id_idx ON public.pgqueuer USING btree (queue_manager_id) WHERE (queue_manager_id IS NOT NULL);


--
-- Name: pgqueuer_statistics_unique_count; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX pgqueuer_statistics_unique_count ON public.pgqueuer_statistics USING btree (priority, date_trunc('sec'::text, timezone('UTC'::text, created)), status, entrypoint);


--
-- Name: pgqueuer_unique_dedupe_key; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX pgqueuer_unique_dedupe_key ON public.pgqueuer USING btree (dedupe_key) WHERE ((status = ANY (ARRAY['queued'::public.pgqueuer_status, 'picked'::public.pgqueuer_status])) AND (dedupe_key IS NOT NULL));


--
-- Name: pgqueuer_updated_id_id1_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX pgqueuer_updated_id_id1_idx ON public.pgqueuer USING btree (updated, id DESC) INCLUDE (id) WHERE (status = 'picked'::public.pgqueuer_status);


--
-- Name: uq_execution_idempotency_key; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX uq_execution_idempotency_key ON public.execution USING btree (tenant, created_by, idempotency_key) WHERE (idempotency_key IS NOT NULL);


--
-- Name: uq_workflow_name; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX uq_workflow_name ON public.workflow USING btree (tenant, created_by, name) WHERE (deleted_at IS NULL);


--
-- Name: workflow_search_index; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX workflow_search_index ON public.workflow_search USING gin (document) WITH (fastupdate=off);


--
-- Name: audit_entry audit_entry_append_only; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER audit_entry_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_entry FOR EACH STATEMENT EXECUTE FUNCTION public.audit_entry_is_append_only();


--
-- Name: action_run action_run_execution_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.action_run
    ADD CONSTRAINT action_run_execution_id_fkey FOREIGN KEY (execution_id) REFERENCES public.execution(id);


--
-- Name: callback_attempt callback_attempt_delivery_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.callback_attempt
    ADD CONSTRAINT callback_attempt_delivery_id_fkey FOREIGN KEY (delivery_id) REFERENCES public.callback_delivery(id);


--
-- Name: callback_delivery callback_delivery_execution_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.callback_delivery
    ADD CONSTRAINT callback_delivery_execution_id_fkey FOREIGN KEY (execution_id) REFERENCES public.execution(id);


--
-- Name: execution_event execution_event_execution_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.execution_event
    ADD CONSTRAINT execution_event_execution_id_fkey FOREIGN KEY (execution_id) REFERENCES public.execution(id);


--
-- Name: execution_message execution_message_execution_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.execution_message
    ADD CONSTRAINT execution_message_execution_id_fkey FOREIGN KEY (execution_id) REFERENCES public.execution(id);


--
-- Name: execution execution_workflow_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.execution
    ADD CONSTRAINT execution_workflow_id_fkey FOREIGN KEY (workflow_id) REFERENCES public.workflow(id);


--
-- Name: expectation expectation_execution_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.expectation
    ADD CONSTRAINT expectation_execution_id_fkey FOREIGN KEY (execution_id) REFERENCES public.execution(id);


--
-- Name: workflow_search workflow_search_workflow_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.workflow_search
    ADD CONSTRAINT workflow_search_workflow_id_fkey FOREIGN KEY (workflow_id) REFERENCES public.workflow(id) ON DELETE CASCADE;


--
-- Name: workflow_statistics workflow_statistics_workflow_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.workflow_statistics
    ADD CONSTRAINT workflow_statistics_workflow_id_fkey FOREIGN KEY (workflow_id) REFERENCES public.workflow(id);


--
-- Name: workflow_tag workflow_tag_workflow_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.workflow_tag
    ADD CONSTRAINT workflow_tag_workflow_id_fkey FOREIGN KEY (workflow_id) REFERENCES public.workflow(id);


--
-- Name: workflow_version workflow_version_workflow_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.workflow_version
    ADD CONSTRAINT workflow_version_workflow_id_fkey FOREIGN KEY (workflow_id) REFERENCES public.workflow(id);


--
-- PostgreSQL database dump complete
--

\unrestrict olFwmiLW6mQTgQFdKPzVeO4rIrbODekr5Zwzii7lW3qeIm0y1Adzqd7cFnld2p5

