-- +goose NO TRANSACTION

-- +goose Up
-- inNet(source_ip, '10.0.0.0/8') is isIPAddressInRange for columns of addresses, in which '' stands for none: that and what is no address are
-- in no network, where ClickHouse's function fails on them.
CREATE FUNCTION IF NOT EXISTS inNet AS (address, net) ->
    (isIPv4String(address) OR isIPv6String(address))
    AND isIPAddressInRange(if(isIPv4String(address) OR isIPv6String(address), address, '::'), net);

-- +goose Down
DROP FUNCTION IF EXISTS inNet;
