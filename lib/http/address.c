#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "http/address.h"

struct block4 {
	uint32_t net;
	int bits;
};

static const struct block4 blocks4[] = {
    {0x00000000, 8}, /* this network */
    {0x0a000000, 8}, /* private */
    {0x64400000, 10}, /* shared by carriers */
    {0x7f000000, 8}, /* loopback */
    {0xa9fe0000, 16}, /* link-local */
    {0xac100000, 12}, /* private */
    {0xc0000000, 24}, /* protocols */
    {0xc0000200, 24}, /* documentation */
    {0xc0586300, 24}, /* 6to4 relays */
    {0xc0a80000, 16}, /* private */
    {0xc6120000, 15}, /* benchmarks */
    {0xc6336400, 24}, /* documentation */
    {0xcb007100, 24}, /* documentation */
    {0xe0000000, 3}, /* multicast, reserved, broadcast */
};

static bool
is_public4(const uint8_t a[4])
{
	uint32_t address = (uint32_t)a[0] << 24 | (uint32_t)a[1] << 16 |
			   (uint32_t)a[2] << 8 | a[3];

	for (size_t i = 0; i < sizeof(blocks4) / sizeof(*blocks4); i++)
		if ((address ^ blocks4[i].net) >> (32 - blocks4[i].bits) == 0)
			return false;
	return true;
}

/* Prefixes, and where behind them an address of IPv4 stands; -1: nowhere, the
 * prefix is not public. */
static const struct block6 {
	size_t bytes;
	int at;
	uint8_t net[12];
} blocks6[] = {
    {12, 12, {0}}, /* compatible, ::, ::1 */
    {12, 12, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}}, /* mapped */
    {12, 12, {0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0}}, /* translated */
    {12, 12, {0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0}}, /* NAT64 */
    {6, -1, {0, 0x64, 0xff, 0x9b, 0, 1}}, /* NAT64, of one's own */
    {4, -1, {0x20, 0x01, 0, 0}}, /* Teredo */
    {4, -1, {0x20, 0x01, 0x0d, 0xb8}}, /* documentation */
    {2, 2, {0x20, 0x02}}, /* 6to4 */
};

static bool
is_public6(const uint8_t a[16])
{
	for (size_t i = 0; i < sizeof(blocks6) / sizeof(*blocks6); i++) {
		const struct block6 *b = &blocks6[i];

		if (memcmp(a, b->net, b->bytes) == 0)
			return b->at >= 0 && is_public4(a + b->at);
	}
	/* global unicast is all of 2000::/3, and nothing beyond it */
	return a[0] >> 5 == 1;
}

bool
address_is_public(const struct sockaddr *sa)
{
	if (sa->sa_family == AF_INET) {
		struct sockaddr_in in;

		memcpy(&in, sa, sizeof(in));
		return is_public4((const uint8_t *)&in.sin_addr);
	}
	if (sa->sa_family == AF_INET6) {
		struct sockaddr_in6 in6;

		memcpy(&in6, sa, sizeof(in6));
		return is_public6(in6.sin6_addr.s6_addr);
	}
	return false;
}

bool
address_is_public_text(const char *text)
{
	uint8_t a[16];

	if (inet_pton(AF_INET, text, a) == 1)
		return is_public4(a);
	return inet_pton(AF_INET6, text, a) == 1 && is_public6(a);
}
