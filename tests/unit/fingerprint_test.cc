#include "sources/tensorflow/fingerprint.h"

#include <gtest/gtest.h>

#include <string>

namespace litecast::tensorflow {
namespace {

// The first `length` letters of a text that TensorFlow's own Fingerprint64 was asked for.
std::string text(int length) {
  std::string letters;
  for (int i = 0; i < length; ++i) letters += static_cast<char>('a' + i * 7 % 26);
  return letters;
}

TEST(Fingerprint, EqualsTensorFlowsForEveryClassOfLength) {
  EXPECT_EQ(fingerprint64(text(0)), 11160318154034397263u);
  EXPECT_EQ(fingerprint64(text(3)), 3268219959478574187u);
  EXPECT_EQ(fingerprint64(text(7)), 17088493756539222794u);
  EXPECT_EQ(fingerprint64(text(12)), 4419094223295249610u);
  EXPECT_EQ(fingerprint64(text(20)), 9615919020104280472u);
  EXPECT_EQ(fingerprint64(text(50)), 7778131390611498885u);
  EXPECT_EQ(fingerprint64(text(64)), 16149515108185634462u);
  EXPECT_EQ(fingerprint64(text(65)), 2768067016444695309u);
  EXPECT_EQ(fingerprint64(text(130)), 4387637145567618109u);
  EXPECT_EQ(fingerprint64(text(259)), 2740683954270474615u);
}

}  // namespace
}  // namespace litecast::tensorflow
