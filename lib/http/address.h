#ifndef HTTP_ADDRESS_H
#define HTTP_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

/*
 * address - could anybody on the internet reach it?  Private to http.
 *
 * Not public are what IANA's registries of special addresses (RFC 6890) call
 * not globally reachable: loopback, private, shared, link-local (where clouds
 * answer with credentials), multicast and reserved ones; and addresses of
 * IPv6 that stand for such a one of IPv4: mapped, compatible, 6to4, Teredo,
 * NAT64.
 */

/* AF_INET or AF_INET6; any other is not public. */
bool address_is_public(const struct sockaddr *sa);

/* The same of its text, without a port. */
bool address_is_public_text(const char *text);

#endif
