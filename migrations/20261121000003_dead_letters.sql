-- migrate:up

-- What a consumer could not take, and why; the message itself is in the stream of dead letters.
CREATE TABLE dead_letters (
    consumer text NOT NULL,
    message_sha256 bytea NOT NULL,
    reason text NOT NULL,
    detail text NOT NULL,
    subject text NOT NULL,
    size bigint NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (consumer, message_sha256)
);
GRANT SELECT, INSERT ON dead_letters TO minhchung_intake;
GRANT SELECT ON dead_letters TO minhchung_serve, minhchung_operator;

-- migrate:down
DROP TABLE dead_letters;
