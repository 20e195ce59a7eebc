-- migrate:up

-- Which account a person of an identity provider enters; by a keyed hash, for a subject may be somebody's number.
CREATE TABLE identities (
    account_id uuid NOT NULL,
    issuer text NOT NULL,
    subject_hash bytea NOT NULL,
    PRIMARY KEY (account_id, issuer),
    CONSTRAINT identities_subject UNIQUE (issuer, subject_hash)
);

-- What somebody is given who comes back from the provider, to be exchanged for a session once, within a minute.
-- The row stays for a day, so that what the provider said for one nonce is taken once.
CREATE TABLE sign_in_codes (
    code_hash bytea PRIMARY KEY,
    nonce_hash bytea NOT NULL CONSTRAINT sign_in_codes_nonce UNIQUE,
    account_id uuid NOT NULL,
    given_at timestamptz NOT NULL DEFAULT now(),
    taken boolean NOT NULL DEFAULT false
);
CREATE INDEX sign_in_codes_given ON sign_in_codes (given_at);

GRANT SELECT, INSERT, UPDATE, DELETE ON identities, sign_in_codes TO minhchung_serve;

-- migrate:down
DROP TABLE sign_in_codes, identities;
